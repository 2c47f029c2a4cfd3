import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../clock/fake-clock.ts';
import {
  LEASE_MS,
  LeaseInMemory,
  POLL_MS,
  Process,
  RENEW_MS,
  STEP_MS,
} from './testing/election.ts';

const HOUR_MS = 3_600_000;

let clock: FakeClock;
let store: LeaseInMemory;
let processes: Process[];

beforeEach(() => {
  setUp();
});

afterEach(() => stopAll());

async function stopAll(): Promise<void> {
  await Promise.all(processes.map((process) => process.stop()));
}

function setUp(): void {
  clock = new FakeClock();
  store = new LeaseInMemory();
  processes = [];
}

/** Starts a process and lets it come to its first wait. */
async function start(name: string): Promise<Process> {
  const process = new Process(name, clock, store);
  processes.push(process);
  await setImmediate();
  return process;
}

/** Lets time pass in small steps; what falls due runs to its next wait after each. */
async function pass(ms: number, watch: () => void = () => {}): Promise<void> {
  for (let passed = 0; passed < ms; passed += STEP_MS) {
    clock.advance(Math.min(STEP_MS, ms - passed));
    await setImmediate();
    watch();
  }
}

/** How long it takes until a process acts, in ms; at most `most`. */
async function waitUntilActing(process: Process, most: number): Promise<number> {
  const from = clock.monotonic();
  while (!process.acts && clock.monotonic() - from < most) await pass(STEP_MS);
  return clock.monotonic() - from;
}

describe('the age of the lease', () => {
  it('is small in every process while somebody renews it, and grows when nobody does', async () => {
    const [one, other] = [await start('one'), await start('other')];
    await pass(10 * RENEW_MS);
    for (const { leaseAgeMs = Number.NaN } of [one, other]) {
      expect(leaseAgeMs).toBeLessThanOrEqual(RENEW_MS + POLL_MS);
    }
    one.cutOff = true;
    other.cutOff = true;
    await pass(LEASE_MS);
    for (const { leaseAgeMs = Number.NaN } of [one, other]) {
      expect(leaseAgeMs).toBeGreaterThanOrEqual(LEASE_MS);
    }
  });
});

describe('an election', () => {
  it('is won by the first that comes while nobody leads, at once', async () => {
    const a = await start('a');
    expect([a.acts, a.term?.fence]).toEqual([true, { token: 1 }]);
  });

  it('has one winner among many who come together', async () => {
    const all = await Promise.all(['a', 'b', 'c'].map(start));
    await pass(LEASE_MS * 3);
    expect(all.filter(({ acts }) => acts)).toHaveLength(1);
    expect(store.lease.token).toBe(1);
  });

  it('changes nothing for a leader that renews, however long', async () => {
    const a = await start('a');
    const b = await start('b');
    await pass(LEASE_MS * 10, () => expect([a.acts, b.acts]).toEqual([true, false]));
  });
});

describe('a lease that does not change any more', () => {
  it.each([
    ['the clocks are right', 0],
    ['the wall clock jumps an hour on', HOUR_MS],
    ['the wall clock jumps an hour back', -HOUR_MS],
  ])('is taken over after leaseMs and not before, when %s', async (_, jump) => {
    const a = await start('a');
    const b = await start('b');
    await pass(RENEW_MS * 3);
    a.paused = true;
    const beat = store.lease.beat;
    clock.jumpWall(jump);
    await pass(LEASE_MS - POLL_MS - RENEW_MS, () => expect(b.term).toBeUndefined());
    expect(store.lease.beat).toBe(beat);
    expect(await waitUntilActing(b, LEASE_MS)).toBeLessThanOrEqual(RENEW_MS + 2 * POLL_MS);
    expect(store.lease).toMatchObject({ holder: 'b', token: 2 });
  });

  it('is not taken over by one who has just come, though it was silent for long', async () => {
    store.lease = { holder: 'dead', token: 7, beat: 99 };
    const a = await start('a');
    await pass(LEASE_MS - STEP_MS, () => expect(a.term).toBeUndefined());
    await pass(POLL_MS + STEP_MS);
    expect([a.acts, a.term?.fence]).toEqual([true, { token: 8 }]);
  });

  it('is not taken over while the store cannot be read', async () => {
    store.lease = { holder: 'dead', token: 7, beat: 99 };
    const a = await start('a');
    a.cutOff = true;
    await pass(LEASE_MS * 2);
    expect(a.term).toBeUndefined();
  });
});

describe('a leader', () => {
  it('that stops gracefully hands over at once', async () => {
    const a = await start('a');
    const b = await start('b');
    await pass(RENEW_MS);
    await a.stop();
    expect([a.acts, store.lease.holder]).toEqual([false, '']);
    expect(await waitUntilActing(b, LEASE_MS)).toBeLessThanOrEqual(POLL_MS);
  });

  it('that was paused may not act before anybody can take over, nor when it wakes', async () => {
    const a = await start('a');
    const b = await start('b');
    await pass(RENEW_MS * 3);
    a.paused = true;
    await pass(LEASE_MS - RENEW_MS);
    expect([a.acts, b.term]).toEqual([false, undefined]);
    await waitUntilActing(b, LEASE_MS);
    a.paused = false;
    await pass(RENEW_MS * 2, () => expect([a.acts, b.acts]).toEqual([false, true]));
    expect(a.term?.signal.aborted).toBe(true);
  });

  it('that woke in time leads on in the same term', async () => {
    const a = await start('a');
    a.paused = true;
    await pass(LEASE_MS - RENEW_MS);
    a.paused = false;
    await pass(RENEW_MS);
    expect([a.acts, a.terms]).toEqual([true, 1]);
  });

  it('that is cut off from the store stops acting, and its term ends', async () => {
    const a = await start('a');
    const b = await start('b');
    await pass(RENEW_MS);
    a.cutOff = true;
    await pass(LEASE_MS + RENEW_MS, () => expect(a.acts && b.acts).toBe(false));
    expect([a.acts, a.term?.signal.aborted]).toEqual([false, true]);
  });

  it('ends its term when its renewal is refused', async () => {
    const a = await start('a');
    store.lease = { holder: 'b', token: 2, beat: 0 };
    await pass(RENEW_MS);
    expect([a.acts, a.term?.signal.aborted]).toEqual([false, true]);
    expect(store.lease).toEqual({ holder: 'b', token: 2, beat: 0 });
  });

  it('that ends its term because a write was refused is a candidate again', async () => {
    const a = await start('a');
    a.term?.end();
    expect(a.acts).toBe(false);
    await pass(POLL_MS);
    expect([a.acts, a.terms, a.term?.fence]).toEqual([true, 2, { token: 2 }]);
  });
});

const disturbances = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ of: fc.nat(2), what: fc.constantFrom('pause', 'cut') }) },
    { weight: 1, arbitrary: fc.record({ of: fc.nat(2), what: fc.constantFrom('stop', 'end') }) },
    { weight: 1, arbitrary: fc.record({ of: fc.nat(2), what: fc.constantFrom('on', 'back') }) },
  ),
  { maxLength: 12 },
);
const spans = fc.array(fc.integer({ min: 1, max: 8000 }), { minLength: 12, maxLength: 12 });

describe('whatever happens to three controllers', () => {
  it('at most one may act at any time, and one does when they are left alone', async () => {
    await fc.assert(
      fc.asyncProperty(disturbances, spans, async (events, pauses) => {
        setUp();
        for (const name of ['a', 'b', 'c']) await start(name);
        for (const [i, { of, what }] of events.entries()) {
          disturb(of, what);
          await pass(pauses[i] ?? 0, atMostOneActs);
        }
        await start('d');
        for (const process of processes) Object.assign(process, { paused: false, cutOff: false });
        await pass(LEASE_MS + RENEW_MS + 2 * POLL_MS, atMostOneActs);
        expect(processes.filter(({ acts }) => acts)).toHaveLength(1);
        await stopAll();
      }),
      { numRuns: 40 },
    );
  });
});

function disturb(of: number, what: string): void {
  const process = processes[of];
  if (what === 'on') clock.jumpWall(HOUR_MS);
  else if (what === 'back') clock.jumpWall(-HOUR_MS);
  else if (what === 'pause') Object.assign(process ?? {}, { paused: !process?.paused });
  else if (what === 'cut') Object.assign(process ?? {}, { cutOff: !process?.cutOff });
  else if (what === 'end') process?.term?.end();
  else void process?.stop();
}

function atMostOneActs(): void {
  expect(processes.filter(({ acts }) => acts).length).toBeLessThanOrEqual(1);
}
