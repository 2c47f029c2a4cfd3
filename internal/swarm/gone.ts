import type { ObservedNode, ObservedTask } from './engine.ts';
import { isGivenUp, isTerminal } from './task-state.ts';

/** How long a node must not have been heard of until nothing on it counts as running, in ms. */
const UNHEARD_MS = 30_000;

/** With these words the enforcer of constraints writes the state of tasks whose containers still run. */
const ENFORCED = /assigned node no longer meets constraints|rejected by constraint enforcer/;

/**
 * True when no container of these tasks runs any more, as far as their nodes can be reached: each was
 * seen in a terminal state by its own engine, never had a node and never will, or its node is down,
 * removed, or was not heard of for long.
 *
 * @param tasks all that a look shows of one attempt.
 * @param nodes by id; empty when they were not asked for, which says nothing of any node.
 * @param unheardMs how long the nodes that are neither ready nor down have been so.
 */
export function containersGone(
  tasks: readonly ObservedTask[],
  nodes: ReadonlyMap<string, ObservedNode>,
  unheardMs = 0,
): boolean {
  return tasks.every((task) => {
    if (isTerminal(task.state) && !isEnforced(task)) return true;
    if (task.nodeId === undefined) return isGivenUp(task.desiredState);
    return nodes.size > 0 && isUnreachable(nodes.get(task.nodeId), unheardMs);
  });
}

/** True when nothing is heard of a node at present that is not down either. */
export function isUnheard(node: ObservedNode | undefined): boolean {
  return node?.state === 'unknown' || node?.state === 'disconnected';
}

function isUnreachable(node: ObservedNode | undefined, unheardMs: number): boolean {
  if (node === undefined || node.state === 'down') return true;
  return isUnheard(node) && unheardMs >= UNHEARD_MS;
}

/**
 * The enforcer rejects a task in the store of the managers; its engine stops the container after that, and
 * nothing tells when: the record of a rejected task goes at once with its service.
 */
export function isEnforced({ state, error = '', message = '' }: ObservedTask): boolean {
  return state === 'rejected' && (ENFORCED.test(error) || ENFORCED.test(message));
}
