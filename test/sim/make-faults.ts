import { isRare } from './kinds.ts';
import type { Rng } from './rng.ts';
import type { Fault, JobPlan, NodeFault } from './scenario.ts';
import type { Target } from './targets.ts';

/** Nothing goes wrong by the clock after so long, in ms. */
const FAULTS_UNTIL_MS = 12_000;

/** What goes wrong in a run: the crashes that were asked for, what they need, and some more. */
export function makeFaults(rng: Rng, targets: readonly Target[], nodes: string[]): Fault[] {
  const others = Array.from({ length: rng.pick([0, 1, 2, 3, 4, 6]) }, () => makeFault(rng, nodes));
  const aimed = targets.flatMap(({ kind, side }): Fault[] => [
    {
      type: 'crash',
      kind,
      side,
      nth: isRare(kind) ? 1 : rng.pick([1, 1, 1, 2, 3]),
      backMs: backMs(rng),
    },
    ...needed(rng, kind),
  ]);
  return [...aimed, ...others];
}

/** Tasks may be added while the completion of their job is on its way to the store. */
export function lateCompletion(rng: Rng, jobs: readonly JobPlan[]): Fault[] {
  if (!jobs.some(({ later }) => later !== undefined) || rng.chance(0.25)) return [];
  const slow = { type: 'slow', kind: 'store.completeJob', way: 'request' } as const;
  return jobs.map((_, i) => ({ ...slow, nth: i + 1, ms: rng.int(1500, 4500) }));
}

/**
 * A write whose answer its leader gave up waiting for may take effect long after the leader, with the
 * same fence, has written it again and gone on: only the comparison of the record refuses it then.
 */
export function lateWrites(rng: Rng): Fault[] {
  if (rng.chance(0.75)) return [];
  const kind = rng.pick(COMPARED);
  const ms = rng.pick([5100, 6000, 8000, 16_000]);
  return [{ type: 'slow', kind, nth: rng.int(1, 3), way: 'request', ms }];
}

/**
 * A write that is under way while its leader is paused may take effect when another one leads: where it
 * compares no record, only the fence refuses it then.
 */
export function staleWrites(rng: Rng): Fault[] {
  if (rng.chance(0.85)) return [];
  const kind = rng.pick(['store.claimTasks', 'store.completeJob', 'store.expireJob']);
  const ms = rng.pick([8000, 11_000, 16_000]);
  const slow = [1, 2, 3].map((nth) => ({ type: 'slow', kind, nth, way: 'request', ms }) as const);
  return [...slow, { type: 'pause', atMs: rng.int(500, 3000), who: 'leader', forMs: 12_000 }];
}

/** What has to go wrong so that a side effect of that kind happens at all. */
function needed(rng: Rng, kind: string): Fault[] {
  const atMs = rng.int(1500, 3000);
  if (/:Lost|:replace/.test(kind)) {
    // Only the first loss of a task is replaced at once, and many tasks are short.
    return [0, 1, 2, 3, 4, 5].map((pick) => ({
      type: 'service',
      atMs: atMs - 900 + pick * 900,
      pick,
    }));
  }
  // Of an attempt whose creation was not answered it is asked by its name.
  if (/findService/.test(kind)) {
    return [1, 2, 3].map((nth) => {
      return { type: 'call', kind: 'engine.createService', nth, how: 'refused' };
    });
  }
  if (/releaseLease/.test(kind)) return [{ type: 'stop', atMs, who: 'leader', backMs: 500 }];
  if (/isCurrent/.test(kind)) return [{ type: 'kill', atMs, who: 'leader', backMs: 500 }];
  return [];
}

function makeFault(rng: Rng, nodes: string[]): Fault {
  const atMs = rng.int(0, FAULTS_UNTIL_MS);
  const who = rng.chance(0.8) ? 'leader' : 'other';
  switch (rng.int(0, 13)) {
    case 0:
      return { type: 'kill', atMs, who, backMs: backMs(rng) };
    case 1:
    case 2:
      return { type: 'pause', atMs, who, forMs: rng.pick([2000, 4500, 7000, 12_000]) };
    case 3:
      return { type: 'stop', atMs, who, backMs: backMs(rng) };
    case 4:
      return { type: 'add', atMs };
    case 5:
      return { type: 'wall', atMs, who, ms: rng.int(-20_000, 20_000) };
    case 6:
      return { ...outage(rng, atMs), of: 'store' };
    case 7:
      return { ...outage(rng, atMs), of: 'engine' };
    case 8:
    case 9:
      return { type: 'call', ...aim(rng), how: rng.pick(['refused', 'lost']) };
    case 10:
      return { type: 'slow', ...aim(rng), way: rng.pick(['request', 'reply']), ms: slowMs(rng) };
    case 11:
      return makeNodeFault(rng, atMs, nodes);
    case 12:
      return rng.chance(0.5)
        ? { type: 'service', atMs, pick: rng.int(0, 9) }
        : { type: 'container', atMs, pick: rng.int(0, 9), removed: rng.chance(0.5) };
    default:
      return rng.chance(0.4)
        ? { type: 'manager', atMs, forMs: rng.int(500, 6000) }
        : { type: 'hints', drop: rng.next(), repeat: rng.next(), stale: rng.next() };
  }
}

function makeNodeFault(rng: Rng, atMs: number, nodes: string[]): Fault {
  const whats: NodeFault[] = ['kill', 'partition', 'drain', 'remove', 'crash', 'restart'];
  const forMs = rng.pick([3000, 10_000, 20_000]);
  // The first node is the manager that is asked: without it nothing answers at all.
  return { type: 'node', atMs, what: rng.pick(whats), node: rng.pick(nodes.slice(1)), forMs };
}

function outage(rng: Rng, atMs: number) {
  const forMs = rng.pick([300, 2000, 8000]);
  return { type: 'outage', atMs, forMs, lost: rng.pick([0, 0.3, 1]) } as const;
}

/** Writes that are refused unless the record still is the one they were decided on. */
const COMPARED = [
  ...['store.advanceAttempt:service', 'store.advanceAttempt:output', 'store.storeOutput:alone'],
  ...['store.storeOutput:Succeeded', 'store.storeOutput:Failed'],
  ...['store.recordVerdict:Succeeded', 'store.recordVerdict:Failed', 'store.settleAttempt:retry'],
  ...['store.settleAttempt:final', 'store.settleAttempt:final'],
];

/** Calls that change something; what becomes of the others hardly matters. */
const AIMS = [
  ...['store.claimTasks', 'store.advanceAttempt:service', 'store.advanceAttempt:output'],
  ...['store.recordVerdict:Succeeded', 'store.recordVerdict:Failed', 'store.storeOutput:alone'],
  ...['store.storeOutput:Succeeded', 'store.storeOutput:Failed'],
  ...['store.settleAttempt:final', 'store.settleAttempt:retry', 'store.settleAttempt:replace'],
  ...['store.completeJob', 'outbox.recordDelivery:delivered', 'lease.acquireLease'],
  ...['engine.createService', 'engine.createService', 'engine.removeService', 'engine.taskLogs'],
  ...['engine.listTasks', 'engine.listServices', 'store.loadJob', 'store.readTask'],
  ...['api.submitJob', 'api.addTasks', 'api.storeReport', 'receiver.post', 'store.isCurrent'],
];

function aim(rng: Rng): { kind: string; nth: number } {
  return { kind: rng.pick(AIMS), nth: rng.pick([1, 1, 1, 2, 3, 5]) };
}

function slowMs(rng: Rng): number {
  return rng.pick([500, 3000, 4900, 6000, 8000, 16_000, 25_000]);
}

function backMs(rng: Rng): number {
  return rng.pick([50, 500, 2000, 6000]);
}
