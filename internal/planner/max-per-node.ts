import type { RequeueAfter } from './actions.ts';
import type { AttemptView, NodeLoad, Snapshot } from './snapshot.ts';

/** When to look again at an attempt that waits for room on a node, in ms. */
const ATTEMPT_RETRY_MS = 200;
/** When to look again at tasks that are not claimed for want of room: ends of attempts tell by themselves. */
const TASKS_RETRY_MS = 1000;

/** What `maxPerNode` needs of a snapshot. */
export type Placed = Pick<Snapshot, 'job' | 'attempts' | 'busy' | 'nodes'>;

/**
 * Which attempts may get their services now, so that no node ever has more of the job's than
 * `maxPerNode`. Swarm puts a service on any node that its constraints allow, so one that is not placed
 * yet may come to any of them: it counts on all. Each new one is kept from the nodes that are full by
 * that count; where all are, it waits. Undefined for a job without the limit.
 *
 * @returns by index, the nodes that each is to be kept from; those that are to wait are not in it.
 */
export function roomForNew(placed: Placed): Map<number, string[]> | undefined {
  const { maxPerNode } = placed.job.spec.placement ?? {};
  if (maxPerNode === undefined) return undefined;
  const { nodes = [] } = placed;
  const room = new Map<number, string[]>();
  let unplaced = placed.attempts.filter((view) => isUnplaced(placed, view)).length;
  for (const { index } of placed.attempts.filter((view) => isNew(placed, view))) {
    const full = nodes.filter(({ tasks }) => tasks + unplaced >= maxPerNode).map(({ id }) => id);
    if (full.length === nodes.length) break;
    room.set(index, full);
    unplaced += 1;
  }
  return room;
}

/** How many more tasks of the job the nodes could take; Infinity without a limit. */
export function roomForTasks(placed: Placed): number {
  const { maxPerNode } = placed.job.spec.placement ?? {};
  if (maxPerNode === undefined) return Number.POSITIVE_INFINITY;
  const { nodes, attempts } = placed;
  // What the swarm has is looked at only for attempts: one has to be first.
  if (nodes === undefined) return attempts.length === 0 ? 1 : 0;
  const free = nodes.reduce((sum, { tasks }) => sum + Math.max(0, maxPerNode - tasks), 0);
  const coming = attempts.filter((view) => isNew(placed, view) || isUnplaced(placed, view));
  return Math.max(0, free - coming.length);
}

/** Room comes with looks, and with the end of tasks that are being stopped, of which nothing else tells. */
export function waitForRoom({ nodes }: Placed, what: 'attempt' | 'tasks'): RequeueAfter {
  const soon = what === 'attempt' || nodes === undefined;
  return { type: 'RequeueAfter', afterMs: soon ? ATTEMPT_RETRY_MS : TASKS_RETRY_MS };
}

/** True when one of these nodes could take another task of the job than those that it may get. */
export function hasRoom(
  placed: Placed,
  view: AttemptView,
  isMeant: (node: NodeLoad) => boolean,
): boolean {
  const { maxPerNode = Number.POSITIVE_INFINITY } = placed.job.spec.placement ?? {};
  const others = placed.attempts.filter((it) => it !== view && isUnplaced(placed, it)).length;
  return (placed.nodes ?? []).some((node) => isMeant(node) && node.tasks + others < maxPerNode);
}

/** It has no service for certain, and none is being created. */
function isNew({ busy }: Placed, { index, record, evidence, uncertain }: AttemptView): boolean {
  const bare = record.serviceId === undefined && record.verdict === undefined;
  return bare && !busy.has(index) && evidence.kind === 'unseen' && !uncertain;
}

/** It has a service, or may have, and no node. */
function isUnplaced(placed: Placed, view: AttemptView): boolean {
  const { evidence, record } = view;
  if (record.verdict !== undefined || isNew(placed, view)) return false;
  return (
    evidence.kind === 'unseen' || (evidence.kind === 'waiting' && evidence.nodeId === undefined)
  );
}
