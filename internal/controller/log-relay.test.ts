import { setImmediate } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AttemptId, type AttemptRecord, attemptKey } from '../apis/index.ts';
import { FakeClock } from '../clock/fake-clock.ts';
import { EngineError } from '../swarm/index.ts';
import { LogRelay } from './log-relay.ts';
import { EngineLogs, RelaysInMemory } from './testing/relayed.ts';

const UID = '01JGFJJZ000000000000000000';
const SECRET = 'aB3-_x9Qa7LmNoPqRsTuVwXyZ0123456789abcdefgh';
const STARS = '*'.repeat(SECRET.length);
const id: AttemptId = { jobUid: UID, index: 0, attempt: 1 };
const JUDGED: AttemptRecord = {
  ...{ attempt: 1, losses: 0, failures: 0 },
  verdict: { outcome: 'Failed', exitStatus: 1, source: 'service', swarmTaskId: 't1' },
};

let clock: FakeClock;
let logs: RelaysInMemory;
let engine: EngineLogs;
/** The swarm task of each current attempt; undefined before its process was started. */
let current: Map<AttemptId, string | undefined>;
let relay: LogRelay;
let stop: AbortController;
let running: Promise<void>;

beforeEach(async () => {
  clock = new FakeClock();
  logs = new RelaysInMemory();
  engine = new EngineLogs();
  current = new Map([[id, 't1']]);
  lead();
});

afterEach(() => end());

/** A term of leadership begins. */
function lead(): void {
  stop = new AbortController();
  const byKey = (of: AttemptId) =>
    [...current].find(([known]) => attemptKey(known) === attemptKey(of))?.[1];
  relay = new LogRelay({
    ...{ logs, engine, clock, log: pino({ level: 'silent' }) },
    attempts: () => current.keys(),
    swarmTask: byKey,
    secretOf: () => SECRET,
  });
  running = relay.run(stop.signal);
}

async function end(): Promise<void> {
  stop.abort();
  await running;
}

/** Lets time pass; what falls due runs to its next wait. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 250) {
    await setImmediate();
    clock.advance(250);
    await setImmediate();
  }
}

describe('a relay of logs', () => {
  it('follows nothing that nobody wants', async () => {
    await pass(1000);
    expect(engine.follows).toBe(0);
  });

  it('does not even look at what is wanted while there is no attempt', async () => {
    current.clear();
    await pass(250);
    const before = logs.looks;
    await pass(2000);
    expect(logs.looks).toBe(before);
  });

  it('looks at once when it is told of the first attempt', async () => {
    current.clear();
    await pass(250);
    current.set(id, 't1');
    logs.wants.push({ uid: UID, index: 0 });
    relay.observed();
    await setImmediate();
    await setImmediate();
    expect(engine.followed).toEqual(['t1']);
  });

  it('relays a log that is wanted from its beginning, and on as it is written', async () => {
    await engine.write('t1', 'one\n');
    logs.wants.push({ uid: UID, index: 0 });
    await pass(500);
    expect(logs.text('stdout')).toBe('one\n');
    await engine.write('t1', 'two\n');
    await engine.write('t1', 'oops\n', 'stderr');
    await setImmediate();
    expect([logs.text('stdout'), logs.text('stderr')]).toEqual(['one\ntwo\n', 'oops\n']);
    expect(engine.follows).toBe(1);
  });

  it('waits until the process was started', async () => {
    current.set(id, undefined);
    logs.wants.push({ uid: UID, index: 0 });
    await pass(500);
    expect(engine.follows).toBe(0);
    current.set(id, 't1');
    await pass(250);
    expect(engine.followed).toEqual(['t1']);
  });

  it('ends when nobody wants the log any more', async () => {
    logs.wants.push({ uid: UID, index: 0 });
    await pass(500);
    expect(engine.followed).toEqual(['t1']);
    logs.wants.length = 0;
    await pass(250);
    expect(engine.followed).toEqual([]);
  });

  it('ends with its term', async () => {
    logs.wants.push({ uid: UID, index: 0 });
    await pass(500);
    await end();
    expect(engine.followed).toEqual([]);
  });

  it('follows the next attempt when one takes the place of another', async () => {
    logs.wants.push({ uid: UID, index: 0 });
    await pass(500);
    current = new Map([[{ ...id, attempt: 2 }, 't2']]);
    await engine.write('t2', 'again');
    await pass(500);
    expect(engine.followed).toEqual(['t2']);
    expect(logs.text('stdout', 2)).toBe('again');
  });

  it('follows again, and repeats nothing, after the log broke off', async () => {
    logs.wants.push({ uid: UID, index: 0 });
    await pass(500);
    await engine.write('t1', 'one');
    engine.cut('t1');
    await engine.write('t1', 'two', 'stdout', true);
    await pass(1000);
    expect(logs.text('stdout')).toBe('onetwo');
    expect(logs.chunks.map(({ offset }) => offset)).toEqual([0, 3]);
  });

  it('brings again what Redis did not take', async () => {
    logs.wants.push({ uid: UID, index: 0 });
    await pass(500);
    logs.failure = new Error('Redis is away');
    await engine.write('t1', 'lost for now');
    await setImmediate();
    logs.failure = undefined;
    await pass(500);
    expect(logs.text('stdout')).toBe('lost for now');
    expect(engine.followed).toEqual(['t1']);
  });

  it('has the end of a log in full although the last write failed', async () => {
    logs.wants.push({ uid: UID, index: 0 });
    await pass(500);
    logs.failure = new Error('Redis is away');
    await engine.write('t1', 'all');
    await setImmediate();
    logs.failure = undefined;
    await relay.removing(id, JUDGED);
    expect(logs.text('stdout')).toBe('all');
  });

  it('covers the secret of the token, also where it is cut in two', async () => {
    logs.wants.push({ uid: UID, index: 0 });
    await engine.write('t1', `at ?token=0.1.${SECRET}\n and ${SECRET.slice(0, 30)}`);
    await pass(500);
    expect(logs.text('stdout')).toBe(`at ?token=0.1.${STARS}\n and `);
    await engine.write('t1', `${SECRET.slice(30)}!`);
    await setImmediate();
    expect(logs.text('stdout')).toBe(`at ?token=0.1.${STARS}\n and ${STARS}!`);
    await engine.write('t1', SECRET.slice(0, 20));
    await relay.removing(id, JUDGED);
    const end = STARS.slice(0, 20);
    expect(logs.text('stdout')).toBe(`at ?token=0.1.${STARS}\n and ${STARS}!${end}`);
  });

  it('follows a limited number at one time', async () => {
    for (let index = 0; index < 250; index++) {
      current.set({ ...id, index }, `t${index}`);
      logs.wants.push({ uid: UID, index });
    }
    await pass(1000);
    expect(engine.followed).toHaveLength(200);
  });
});

describe('an attempt whose service is about to be removed', () => {
  it('has the rest of its log relayed if somebody follows it', async () => {
    logs.wants.push({ uid: UID, index: 0 });
    await pass(500);
    await engine.write('t1', 'heard, ');
    await engine.write('t1', 'unheard', 'stdout', true);
    await relay.removing(id, JUDGED);
    expect(logs.text('stdout')).toBe('heard, unheard');
    expect(engine.followed).toEqual([]);
  });

  it('has all of its log relayed when it ended before it could be followed', async () => {
    current.set(id, undefined);
    logs.wants.push({ uid: UID, index: 0 });
    await pass(500);
    await engine.write('t1', 'short');
    await relay.removing(id, JUDGED);
    expect(logs.text('stdout')).toBe('short');
  });

  it('waits for nothing when nobody follows it', async () => {
    await pass(500);
    expect(relay.removing(id, JUDGED)).toBeInstanceOf(Promise);
    await relay.removing(id, JUDGED);
    expect(logs.writes).toBe(0);
  });

  it('is removed although its log cannot be read', async () => {
    logs.wants.push({ uid: UID, index: 0 });
    await pass(500);
    engine.failure = new EngineError('Unavailable', 'away');
    await relay.removing(id, JUDGED);
    expect(logs.chunks).toEqual([]);
  });

  it('wakes its followers when it was settled', async () => {
    relay.settled(id);
    logs.wants.push({ uid: UID, index: 0 });
    await pass(500);
    relay.settled(id);
    expect(logs.wakes).toBe(1);
  });
});

describe('who asks for a log as it is', () => {
  it('gets what the task has written by now, once, and nothing is followed for it', async () => {
    await engine.write('t1', 'so far');
    const want = { uid: UID, index: 0, ask: 'a1' };
    logs.wants.push(want);
    await pass(750);
    expect(logs.answers).toMatchObject([
      { want, snapshot: { attempt: 1, output: { stdout: Buffer.from('so far') } } },
    ]);
    expect(engine.follows).toBe(0);
  });

  it('does not get the secret of the token', async () => {
    await engine.write('t1', `so ${SECRET} far`);
    logs.wants.push({ uid: UID, index: 0, ask: 'a1' });
    await pass(500);
    const stdout = Buffer.from(`so ${STARS} far`);
    expect(logs.answers).toMatchObject([{ snapshot: { output: { stdout } } }]);
  });

  it.each([
    ['was not started', undefined, undefined, 'its process has not been started'],
    ['cannot be read', 't1', new EngineError('Unavailable', 'away'), 'away'],
  ])('is told why when the task %s', async (_what, task, failure, unknown) => {
    current.set(id, task);
    engine.failure = failure;
    logs.wants.push({ uid: UID, index: 0, ask: 'a1' });
    await pass(500);
    expect(logs.answers).toMatchObject([{ snapshot: { unknown } }]);
  });

  it('gets no answer of a task without an attempt: its job may not have been looked at yet', async () => {
    logs.wants.push({ uid: UID, index: 7, ask: 'a1' });
    await pass(500);
    expect(logs.answers).toEqual([]);
  });
});
