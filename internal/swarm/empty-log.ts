import type { ObservedNode, ObservedTask } from './engine.ts';

/** What an empty log is judged by, all of it asked for after the log was read. */
interface EmptyLogContext {
  task: ObservedTask;
  nodes: readonly ObservedNode[];
}

/**
 * A network changes its node's record within this time of its last task's end, in ms. That of a task without
 * one changes only when the node is registered anew, or for others.
 */
const NETWORK_MS = 1000;

/**
 * An engine that was asked to stop and is back tells of the tasks that had ended as if they ended now: so
 * soon after its node is registered, in ms (measured: 5 to 21 with Engine 20.10). No container starts and
 * ends in this time.
 */
const TOLD_ANEW_MS = 200;

/** From the start of an engine's API until it has told of all that had ended before, in ms. */
const START_MS = 60_000;

/**
 * Why the empty log of a task that has ended says nothing of its output. The engine answers with one,
 * and with no error, also when the container is gone: an engine that starts
 * removes the containers of the tasks that had ended before it was asked to stop.
 *
 * @returns the reason in words; undefined when the task has written nothing.
 */
export function doubtOfEmptyLog({ task, nodes }: EmptyLogContext): string | undefined {
  if (task.nodeId === undefined) return undefined;
  const node = nodes.find(({ id }) => id === task.nodeId);
  if (node === undefined) return 'the node of the task was removed, and its log with it';
  const { connectedSince = Number.POSITIVE_INFINITY } = node;
  if (connectedSince < Math.max(task.createdAt, task.updatedAt - START_MS)) return undefined;
  // Also where the end was told only after that: a node that died and came back tells late what had ended.
  const registeredLater = node.updatedAt > task.updatedAt + (task.attached ? NETWORK_MS : 0);
  if (!registeredLater && !isToldAnew(task, node)) return undefined;
  return `the engine of node ${node.hostname} was started anew after the task had ended, and its log is gone`;
}

function isToldAnew(task: ObservedTask, node: ObservedNode): boolean {
  const after = task.updatedAt - node.updatedAt;
  const wasThere = task.createdAt < node.updatedAt;
  return wasThere && task.version > node.version && after >= 0 && after <= TOLD_ANEW_MS;
}
