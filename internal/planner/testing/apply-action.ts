import { isDeepStrictEqual } from 'node:util';
import {
  type AttemptId,
  type AttemptRecord,
  attemptKey,
  type OutputSummary,
  unavailableOutput,
  type Verdict,
} from '../../apis/index.ts';
import type { AttemptAction, OutputSource } from '../actions.ts';
import { settlementOf } from '../disposition.ts';
import { REPORT_GRACE_MS } from '../judge.ts';
import { EngineRefusal, swarmTaskIdOf } from './engine-model.ts';
import { type Fact, factsOf, note, type World } from './world.ts';

/**
 * Does to the world what the controller and the store do for one action of an attempt.
 * @returns the attempt's record after it.
 * @throws StoreConflict when the store refuses; the rest of the steps is then dropped.
 */
export function applyAction(
  world: World,
  id: AttemptId,
  record: AttemptRecord,
  action: AttemptAction,
): AttemptRecord {
  switch (action.type) {
    case 'CreateService':
      return create(world, id, record);
    case 'NoteTime':
      return world.store.advance(id.index, record, { ...record, ...action.note });
    case 'AskRegistry': {
      const pullFailure = { reason: 'Rejected', message: action.words } as const;
      return world.store.advance(id.index, record, { ...record, pullFailure });
    }
    case 'RecordVerdict':
      return recordVerdict(world, id, record, action.verdict, action.knowsReport);
    case 'StoreOutput':
      return storeOutput(world, id, record, action.from);
    case 'RemoveService':
      return remove(world, id, record, action.lingers);
    case 'SettleAttempt':
      return settle(world, id, record, action);
  }
}

/** The engine's half of an action, of which a crash then loses the store's half. */
export function applyHalf(
  world: World,
  id: AttemptId,
  record: AttemptRecord,
  action: AttemptAction,
): void {
  if (action.type === 'CreateService' && !world.engine.refusing) start(world, id, record);
  if (action.type === 'RemoveService') world.engine.remove(id);
}

function remove(world: World, id: AttemptId, record: AttemptRecord, lingers?: true): AttemptRecord {
  world.engine.remove(id);
  world.memory.removedFrom.set(attemptKey(id), world.memory.begun + 1);
  if (lingers === undefined) return record;
  return world.store.advance(id.index, record, { ...record, removedAt: world.wall });
}

function create(world: World, id: AttemptId, record: AttemptRecord): AttemptRecord {
  try {
    const serviceId = start(world, id, record);
    return world.store.advance(id.index, record, { ...record, serviceId });
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error;
    note(world, id, 'rejected');
    return recordVerdict(world, id, record, refusal, world.spec.completionPolicy === 'exit');
  }
}

function start({ engine, store, journal }: World, id: AttemptId, record: AttemptRecord): string {
  const service = engine.create(id);
  const stray = !isDeepStrictEqual(store.live.get(id.index), record);
  const counted = store.results.has(id.index);
  if (service.made) journal.push({ what: 'created', id, serviceId: service.id, stray, counted });
  return service.id;
}

const refusal: Verdict = {
  outcome: 'Rejected',
  exitStatus: null,
  reason: 'Rejected',
  message: 'no such image',
  source: 'service',
};

function recordVerdict(
  world: World,
  id: AttemptId,
  record: AttemptRecord,
  verdict: Verdict,
  knowsReport = false,
): AttemptRecord {
  const to = world.store.recordVerdict(id.index, record, { ...record, verdict }, knowsReport);
  const facts = factsOf(world, id);
  const reportedAt = facts.get(`reported ${verdict.exitStatus ?? 'none'}`);
  const over = [...facts.keys()].some((fact) => !fact.startsWith('reported'));
  const graceMs = world.spec.completionPolicy === 'report' ? 0 : REPORT_GRACE_MS;
  const waited = reportedAt !== undefined && world.elapsed - reportedAt >= graceMs;
  const proven = facts.has(factOf(verdict));
  world.journal.push({ what: 'judged', id, verdict, proven, patient: over || waited });
  return to;
}

/** What must have happened for a verdict to be true. */
function factOf({ source, outcome, reason, exitStatus }: Verdict): Fact {
  if (source === 'report') return `reported ${exitStatus ?? 'none'}`;
  if (exitStatus !== null) return `ended ${exitStatus}`;
  if (reason === 'NoReport') return 'ended 0';
  if (reason === 'NodeFault') return 'node fault';
  if (outcome === 'Rejected') return 'rejected';
  return reason === 'ServiceRemoved' ? 'removed' : 'lost';
}

function storeOutput(
  world: World,
  id: AttemptId,
  record: AttemptRecord,
  from: OutputSource,
): AttemptRecord {
  const to = world.store.advance(id.index, record, { ...record, output: read(world, from) });
  if (from.kind !== 'report') world.store.outputs.set(id.index, id.attempt);
  if (from.kind === 'logs') {
    const destroyed = world.engine.destroyedLog(from.swarmTaskId);
    world.journal.push({ what: 'log stored', id, destroyed });
  }
  return to;
}

/** A log that cannot be read, as its service was removed by hand, is given up and says so. */
function read(world: World, from: OutputSource): OutputSummary {
  if (from.kind === 'report') return from.output;
  if (from.kind === 'none') return unavailableOutput(from.reason);
  const services = [...world.engine.services.values()];
  const there = services.some(({ id }) => swarmTaskIdOf(id) === from.swarmTaskId);
  const stream = { bytes: 5, truncated: false };
  return there
    ? { stdout: stream, stderr: stream, log: { state: 'complete' } }
    : unavailableOutput('the engine could not read the log');
}

function settle(
  world: World,
  id: AttemptId,
  record: AttemptRecord,
  action: Extract<AttemptAction, { type: 'SettleAttempt' }>,
): AttemptRecord {
  const { verdict } = record;
  if (verdict === undefined) throw new Error('an attempt was to be settled without a verdict');
  world.store.settle(id.index, record, settlementOf(action, { ...record, verdict }));
  const running = action.stuck === undefined ? world.engine.running(id) : undefined;
  const alive = running === undefined ? {} : { alive: running };
  world.journal.push({ what: 'settled', id, verdict, ...alive });
  return record;
}
