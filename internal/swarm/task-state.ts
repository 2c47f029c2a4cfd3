import type { ObservedNode } from './engine.ts';

/** The states of a swarm task that are its last (engine notes: Task states). */
const TERMINAL: ReadonlySet<string> = new Set([
  'complete',
  'shutdown',
  'failed',
  'rejected',
  'remove',
  'orphaned',
]);

/** True when the task never changes any more. */
export function isTerminal(state: string): boolean {
  return TERMINAL.has(state);
}

/** True when swarm has given the task up: it is to stop, or its record is to go. */
export function isGivenUp(desiredState: string): boolean {
  return isTerminal(desiredState);
}

/** True for a node that takes tasks. */
export function isActive({ state, availability }: ObservedNode): boolean {
  return state === 'ready' && availability === 'active';
}
