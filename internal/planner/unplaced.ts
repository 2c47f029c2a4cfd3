import { type AttemptRecord, type JobSpec, memoryBytes, nanoCpus } from '../apis/index.ts';
import type { TimeNote } from './actions.ts';
import type { AttemptView, Snapshot } from './snapshot.ts';

/** How long swarm must find no suitable node until an attempt counts as unplaced, in ms. */
const UNPLACED_AFTER_MS = 5000;
/** The same of a task that was taken back before, or that asks for what others wait for already. */
const AGAIN_AFTER_MS = 500;
const BEHIND_RETRY_MS = 1000;
/** How long a task that was taken back waits at most until it is tried again, in ms. */
const MAX_RETURN_MS = 300_000;

/**
 * What becomes of an attempt that no node suits. It keeps no slot: `stand` for one of its job, whose service
 * waits for a node on behalf of all of them; `return` for the others, which are taken back unattempted.
 */
export type Placing = 'stand' | 'return';

/** Swarm has found no node for its service so far. */
export function isUnsuited({ record, evidence }: AttemptView): boolean {
  const waits = evidence.kind === 'waiting' && evidence.stuck === true;
  return waits && evidence.nodeId === undefined && record.verdict === undefined;
}

/** It waits for a node on behalf of its job, and holds no slot. */
export function isStanding({ record }: AttemptView): boolean {
  return record.unplacedAt !== undefined && record.verdict === undefined;
}

/** It holds none, and nothing is about to take its place: what is over may be replaced at once, in its slot. */
export function holdsNoSlot(view: AttemptView): boolean {
  const { kind } = view.evidence;
  return isStanding(view) && (kind === 'waiting' || kind === 'unseen');
}

/** True when no more tasks of a job are to be started: what it has waits for a node that suits. */
export function waitsForNode({ attempts }: Pick<Snapshot, 'attempts'>): boolean {
  return attempts.some((view) => view.record.ownNeeds === undefined && isUnsuited(view));
}

/**
 * When to look again at a job of which nothing is to be started, as services of others wait for the same, and
 * no more may: in ms. Undefined for any other.
 */
export function behindOthersMs(snapshot: Snapshot): number | undefined {
  const { attempts, othersStand, standingRoom = Number.POSITIVE_INFINITY } = snapshot;
  const isBehind = othersStand && standingRoom <= 0 && !attempts.some(isStanding);
  return isBehind ? BEHIND_RETRY_MS : undefined;
}

/** What becomes of the attempts that count as unplaced from now on, by index. */
export function placings(snapshot: Snapshot): ReadonlyMap<number, Placing> {
  const found = new Map<number, Placing>();
  if (snapshot.staleLook) return found;
  const standing = new Set(snapshot.attempts.filter(isStanding).map(groupOf));
  let room = (snapshot.standingRoom ?? Number.POSITIVE_INFINITY) - standing.size;
  for (const view of snapshot.attempts) {
    if (isStanding(view) || !isUnsuited(view) || unplacedLeftMs(snapshot, view) > 0) continue;
    if (standing.has(groupOf(view)) || room <= 0) {
      found.set(view.index, 'return');
      continue;
    }
    found.set(view.index, 'stand');
    standing.add(groupOf(view));
    room -= 1;
  }
  return found;
}

/** How long until an attempt that no node suits counts as unplaced, in ms. */
export function unplacedLeftMs(snapshot: Snapshot, view: AttemptView): number {
  const { returned, ownNeeds } = view.record;
  const needs = needsOf(snapshot, view);
  if (isBeyondAll(snapshot, needs)) return 0;
  const isKnown =
    returned !== undefined ||
    (ownNeeds === undefined && snapshot.othersStand) ||
    standsForLess(snapshot, needs);
  return Math.max(0, (isKnown ? AGAIN_AFTER_MS : UNPLACED_AFTER_MS) - (view.unsuitedMs ?? 0));
}

/**
 * How long a task that is taken back waits, in ms. While another one of its job waits for the same nothing of
 * the job is started anyway; but tasks with resources of their own must not keep one another from their turn.
 */
export function returnDelayMs({ returned = 0 }: AttemptRecord): number {
  return Math.min(MAX_RETURN_MS, UNPLACED_AFTER_MS * 2 ** returned);
}

/**
 * True of a task that was taken back and claimed again while what waits for a node asks for no more: it would
 * find none.
 */
export function isToWait(snapshot: Snapshot, view: AttemptView): boolean {
  const { serviceId, takenBack } = view.record;
  const isNew = serviceId === undefined && takenBack === true;
  return isNew && standsForLess(snapshot, needsOf(snapshot, view));
}

/** True when an attempt of the job waits for a node that asks for no more. */
function standsForLess(snapshot: Snapshot, needs: Needs): boolean {
  return snapshot.attempts.some(
    (other) => isStanding(other) && asksFor(needs, needsOf(snapshot, other)),
  );
}

/** A note that an attempt has got a node after all: it holds a slot again. */
export function placedNote(view: AttemptView): TimeNote | undefined {
  const { evidence } = view;
  const hasNode =
    evidence.kind === 'running' || (evidence.kind === 'waiting' && evidence.nodeId !== undefined);
  return isStanding(view) && hasNode ? { unplacedAt: undefined } : undefined;
}

type Reservations = NonNullable<NonNullable<JobSpec['resources']>['reservations']>;

/** What a task reserves of a node. */
interface Needs {
  nanoCpus: number;
  memoryBytes: number;
}

function needsOf({ job: { spec } }: Snapshot, { record: { ownNeeds } }: AttemptView): Needs {
  const own = ownNeeds === undefined ? undefined : (JSON.parse(ownNeeds) as Reservations);
  const { cpus = 0, memory = 0 } = own ?? spec.resources?.reservations ?? {};
  return { nanoCpus: nanoCpus(cpus) ?? 0, memoryBytes: memoryBytes(memory) ?? 0 };
}

/** True when needs are at least as great as others. */
function asksFor(needs: Needs, others: Needs): boolean {
  return needs.nanoCpus >= others.nanoCpus && needs.memoryBytes >= others.memoryBytes;
}

/** True when no active node could hold a task with these needs even if it were empty. */
function isBeyondAll({ capacities = [] }: Snapshot, needs: Needs): boolean {
  if (capacities.length === 0) return false;
  return !capacities.some(({ nanoCpus: cpus = Infinity, memoryBytes: memory = Infinity }) =>
    asksFor({ nanoCpus: cpus, memoryBytes: memory }, needs),
  );
}

/** Of a job all attempts wait for the same, but for tasks that have needs of their own. */
function groupOf({ record }: AttemptView): string {
  return record.ownNeeds ?? '';
}
