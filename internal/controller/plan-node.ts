import { LABELS, type NodeWish } from '../apis/index.ts';
import { isTerminal, type ObservedNode, type ObservedTask } from '../swarm/index.ts';

/** What is next for a node of which something is wanted. */
export type NodeStep =
  /** It is as wanted, or there is no such node any more. */
  | { type: 'done' }
  | { type: 'set'; node: ObservedNode; availability: ObservedNode['availability'] }
  /** Attempts are on it, or may still come to it. */
  | { type: 'wait' };

export interface NodeView {
  nodes: readonly ObservedNode[];
  /** Of this installation. */
  tasks: readonly ObservedTask[];
  /** Identity of this store: it collects what the tasks with this label have left. */
  storeId: string;
  /** For how long looks have shown it paused, in ms; 0 in the first of them. */
  pausedMs: number;
}

/**
 * How long a node has to be seen paused before it counts as empty. A task that was given to it in the
 * moment of the pause shows by then.
 */
const SETTLE_MS = 2000;

/**
 * Decides on one node, from one look. A drain would stop what runs on the node, so it comes last:
 * first a pause, which keeps new tasks off it.
 */
export function planNode({ node: id, wish }: NodeWish, view: NodeView): NodeStep {
  const node = view.nodes.find((each) => each.id === id);
  if (node === undefined || node.availability === wish) return { type: 'done' };
  if (wish === 'active') return { type: 'set', node, availability: 'active' };
  if (node.availability === 'active') return { type: 'set', node, availability: 'pause' };
  const settled = view.pausedMs >= SETTLE_MS;
  const isEmpty = !view.tasks.some((task) => holds(task, node, view.storeId));
  return settled && isEmpty ? { type: 'set', node, availability: 'drain' } : { type: 'wait' };
}

/**
 * Whether a task is in the way of a drain: it runs, or it has ended and its log, which is on the node,
 * is still to be collected. A node that is down never tells of the end of what was removed from it.
 */
function holds(task: ObservedTask, node: ObservedNode, storeId: string): boolean {
  if (task.nodeId !== node.id) return false;
  if (node.state === 'down' && task.desiredState === 'remove') return false;
  return !isTerminal(task.state) || task.labels[LABELS.store] === storeId;
}
