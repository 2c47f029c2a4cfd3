import type { ObservedNode, ObservedTask } from './engine.ts';

/** What an empty log is judged by, all of it asked for after the log was read. */
export interface EmptyLogContext {
  task: ObservedTask;
  nodes: readonly ObservedNode[];
  /** Where the engine keeps the logs of containers by default. */
  logDriver: string;
}

/**
 * A network changes its node's record within this time of its last task's end, in ms; an engine takes
 * longer to stop and start.
 */
const NETWORK_MS = 1000;

/**
 * Why the empty log of a task that has ended says nothing of its output. The engine answers with one,
 * and with no error, also when it keeps no logs and when the container is gone: an engine that starts
 * removes the containers of the tasks that had ended before.
 *
 * @returns the reason in words; undefined when the task has written nothing.
 */
export function doubtOfEmptyLog({ task, nodes, logDriver }: EmptyLogContext): string | undefined {
  if (logDriver === 'none') return 'the engine keeps no logs: its log driver is "none"';
  if (task.nodeId === undefined) return undefined;
  const node = nodes.find(({ id }) => id === task.nodeId);
  if (node === undefined) return 'the node of the task was removed, and its log with it';
  const { connectedSince = Number.POSITIVE_INFINITY } = node;
  if (connectedSince < task.updatedAt) return undefined;
  // Also where the end was told only after that: a node that died and came back tells late what had ended.
  if (node.updatedAt <= task.updatedAt + NETWORK_MS) return undefined;
  return `the engine of node ${node.hostname} was started anew after the task had ended, and its log is gone`;
}
