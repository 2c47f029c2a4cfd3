import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { type AttemptRecord, STOPPED } from '../apis/index.ts';
import { FakeClock } from '../clock/fake-clock.ts';
import { EngineError, type OnLogBytes } from '../swarm/index.ts';
import { LastOutputs } from './last-output.ts';

const ID = { jobUid: 'uid', index: 0, attempt: 1 };
const LIMITS = { limitBytes: 100, graceMs: 1000 };

function stopped(bytes: number, more: Partial<AttemptRecord> = {}): AttemptRecord {
  return {
    ...{ attempt: 1, losses: 0, failures: 0, serviceId: 's' },
    verdict: { outcome: 'TimedOut', exitStatus: null, source: 'controller', swarmTaskId: 't' },
    output: {
      stdout: { bytes, truncated: false },
      stderr: { bytes: 0, truncated: false },
      log: { state: 'partial', reason: STOPPED },
    },
    ...more,
  };
}

let clock: FakeClock;
let outputs: LastOutputs;
let follows: { task: string; write: (text: string) => void; signal: AbortSignal }[];
let fail: (error: Error) => void;

beforeEach(() => {
  clock = new FakeClock();
  follows = [];
  const engine = {
    followLogs: (task: string, onBytes: OnLogBytes, signal: AbortSignal) => {
      const write = (text: string) => void onBytes('stdout', Buffer.from(text));
      follows.push({ task, write, signal });
      return new Promise<void>((resolve, reject) => {
        fail = reject;
        signal.addEventListener('abort', () => resolve());
      });
    },
  };
  outputs = new LastOutputs({ engine, clock, signal: new AbortController().signal });
});

/** Whether it resolves while the clock moves so far. */
async function within(ms: number, work: Promise<unknown> | undefined): Promise<boolean> {
  let done = false;
  void Promise.resolve(work).then(() => {
    done = true;
  });
  await setImmediate();
  clock.advance(ms);
  await setImmediate();
  await setImmediate();
  return done;
}

const write = (text: string) => follows.at(-1)?.write(text);

describe('the output of an attempt that is stopped', () => {
  it('is followed from its beginning before its service is removed, and to its end', async () => {
    const begun = outputs.begin(ID, stopped(4), LIMITS);
    expect(await within(100, begun)).toBe(false);
    write('one\n');
    expect(await within(0, begun)).toBe(true);
    write('last\n');
    const end = outputs.end(ID);
    expect(await within(299, end)).toBe(false);
    expect(await within(1, end)).toBe(true);
    const last = await end;
    expect(last).toMatchObject({ isWhole: true });
    expect(last?.output.stdout.toString()).toBe('one\nlast\n');
    expect(follows[0]?.signal.aborted).toBe(true);
  });

  it('keeps the removal waiting no longer than a while', async () => {
    expect(await within(2000, outputs.begin(ID, stopped(4), LIMITS))).toBe(true);
  });

  it('that wrote nothing so far keeps it waiting for a moment', async () => {
    expect(await within(150, outputs.begin(ID, stopped(0), LIMITS))).toBe(true);
  });

  it('is waited for while it still comes, up to a bound', async () => {
    await within(2000, outputs.begin(ID, stopped(4), LIMITS));
    const end = outputs.end(ID);
    for (let ms = 0; ms < 9_800; ms += 200) {
      write('more\n');
      expect(await within(200, end)).toBe(false);
    }
    write('more\n');
    await within(200, end);
    write('more\n');
    expect(await within(0, end)).toBe(true);
    expect(await end).toMatchObject({ isWhole: false });
  });

  it('is not whole when the following broke', async () => {
    const begun = outputs.begin(ID, stopped(4), LIMITS);
    write('one\n');
    await begun;
    fail(new EngineError('Unavailable', 'gone'));
    expect(await outputs.end(ID)).toMatchObject({ isWhole: false });
  });

  it.each<[string, AttemptRecord]>([
    [
      'ended by itself',
      stopped(4, {
        verdict: { outcome: 'Failed', exitStatus: 1, source: 'service', swarmTaskId: 't' },
      }),
    ],
    ['has no log that could be read', stopped(4, { output: undefined } as object)],
  ])('is not followed of what %s', async (_, record) => {
    await outputs.begin(ID, record, LIMITS);
    expect(follows).toEqual([]);
    expect(outputs.end(ID)).toBeUndefined();
  });

  it('is followed once, and not for ever', async () => {
    await within(2000, outputs.begin(ID, stopped(4), LIMITS));
    await outputs.begin(ID, stopped(4), LIMITS);
    expect(follows).toHaveLength(1);
    clock.advance(100_000);
    await within(2000, outputs.begin({ ...ID, index: 1 }, stopped(4), LIMITS));
    expect(follows.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  });
});
