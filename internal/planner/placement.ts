import type { AttemptRecord, Verdict } from '../apis/index.ts';
import { ended } from './judge.ts';
import { hasRoom } from './max-per-node.ts';
import type { AttemptView, Snapshot } from './snapshot.ts';

/** How often a task's attempts must have come to nothing on a node before the next is kept from it. */
const TROUBLE_LIMIT = 2;
const CLOSED_RETRY_MS = 1000;
/** Nodes remembered of one task. */
const TROUBLE_NODES = 8;

/** The next attempt's memory of nodes, when this one did not succeed. */
export function troubleAfter(
  { trouble }: AttemptRecord,
  { outcome, nodeId }: Verdict,
): Pick<AttemptRecord, 'trouble'> {
  if (nodeId === undefined || outcome === 'Lost') return trouble === undefined ? {} : { trouble };
  const { [nodeId]: times = 0, ...others } = trouble ?? {};
  const kept = Object.entries(others).slice(1 - TROUBLE_NODES);
  return { trouble: Object.fromEntries([...kept, [nodeId, times + 1]]) };
}

/**
 * The nodes that an attempt is to be kept from because earlier ones came to nothing there: swarm avoids
 * such nodes by itself, but for tasks of one service only. None when no other node would be left.
 *
 * @param active ids of the nodes that take tasks.
 * @param excluded ids of those that it must be kept from in any case.
 */
export function avoidedNodes(
  { trouble = {} }: AttemptRecord,
  active: readonly string[],
  excluded: readonly string[],
): string[] {
  const avoided = troublesome({ trouble });
  const left = active.filter((id) => !avoided.includes(id) && !excluded.includes(id));
  return left.length === 0 ? [] : avoided;
}

/** The nodes on which earlier attempts of the task came to nothing more than once. */
export function troublesome({ trouble = {} }: Pick<AttemptRecord, 'trouble'>): string[] {
  return Object.entries(trouble).flatMap(([id, times]) => (times >= TROUBLE_LIMIT ? [id] : []));
}

/**
 * The verdict on an attempt that no node suits, while it is kept from nodes that could take it now. What
 * a service is kept from cannot be changed any more, so another attempt takes its place. What its job
 * itself excludes is not meant, nor a node that fails to start tasks: another may have room before it does.
 */
export function outdated(snapshot: Snapshot, view: AttemptView): Verdict | undefined {
  const { job, staleLook, closedNodes = [] } = snapshot;
  const { evidence } = view;
  if (staleLook || evidence.kind !== 'waiting' || !evidence.stuck) return undefined;
  const { constraints = [], maxPerNode } = job.spec.placement ?? {};
  const excluded = (evidence.excluded ?? []).filter(
    (id) => !constraints.includes(`node.id!=${id}`) && !closedNodes.includes(id),
  );
  if (excluded.length === 0) return undefined;
  if (maxPerNode !== undefined && !hasRoom(snapshot, view, ({ id }) => excluded.includes(id))) {
    return undefined;
  }
  const message = 'the nodes that its service was kept from can take it now, and no other can';
  return ended('Lost', 'PlacementOutdated', message, {});
}

/**
 * When to look again at an attempt that no node suits and that is kept from a closed one, in ms; undefined
 * for any other. No look tells that a node is not closed any more.
 */
export function closedNodeDelay(
  { closedNodes = [] }: Snapshot,
  { evidence }: AttemptView,
): number | undefined {
  if (evidence.kind !== 'waiting' || !evidence.stuck) return undefined;
  return evidence.excluded?.some((id) => closedNodes.includes(id)) ? CLOSED_RETRY_MS : undefined;
}
