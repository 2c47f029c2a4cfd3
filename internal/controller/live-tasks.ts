import type { Slots } from './slots.ts';
import type { Tracked } from './tracker.ts';

/** Where the tasks are that could run now, as far as this process has looked. */
export interface LiveTasks {
  /** Could start, were there a slot. */
  runnable: number;
  /** Wait for a node that suits, and keep no slot for long. */
  unplaced: number;
  /** Hold a slot, and have no process yet: no task of the swarm, or an image to be pulled. */
  starting: number;
  running: number;
  /** Their process has ended, or never came to be: what is left of them is collected and removed. */
  ending: number;
}

/** What the controller has under way. */
export interface Work {
  tasks: LiveTasks;
  /** For how long, in ms, at least half of the slots have been held by attempts that have not started; else 0. */
  slotsHeldMs: number;
}

interface Sources {
  attempts: Iterable<Tracked>;
  slots: Pick<Slots, 'runnable'>;
  maxConcurrentTasks: number;
  /** Ms of the monotonic clock. */
  now: number;
}

/** Counts what is under way, from what is in memory. */
export function workOf({ attempts, slots, maxConcurrentTasks, now }: Sources): Work {
  const tasks = { runnable: slots.runnable, unplaced: 0, starting: 0, running: 0, ending: 0 };
  const ages: number[] = [];
  for (const entry of attempts) {
    const state = stateOf(entry);
    tasks[state]++;
    if (state === 'starting') ages.push(now - (entry.lookedForSince ?? now));
  }
  ages.sort((a, b) => b - a);
  return { tasks, slotsHeldMs: ages[Math.ceil(maxConcurrentTasks / 2) - 1] ?? 0 };
}

function stateOf(entry: Tracked): Exclude<keyof LiveTasks, 'runnable'> {
  switch (entry.kind) {
    case 'running':
      return entry.removed === undefined ? 'running' : 'ending';
    case 'ended':
    case 'rejected':
    case 'lost':
    case 'absent':
      return 'ending';
    default:
      if (entry.removed !== undefined) return 'ending';
      if (entry.startedAt !== undefined) return 'running';
      return entry.unsuitedSince !== undefined && !entry.placed ? 'unplaced' : 'starting';
  }
}
