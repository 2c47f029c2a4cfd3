import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONCURRENCY_POLICIES, type ConcurrencyPolicy } from '../apis/index.ts';
import { type CronJobView, MAX_SKIPPED } from './plan-cron.ts';
import { cronerTicks } from './testing/croner-ticks.ts';
import { CronDriver, type CronStore, type Turn } from './testing/drivers.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const RUNS = { numRuns: 30 };

/** Shortly before clocks change in Berlin. */
const BEGINNINGS = [Date.UTC(2026, 2, 28, 22), Date.UTC(2026, 9, 24, 22)];
const SCHEDULES = ['*/5 * * * *', '0 * * * *', '30 2 * * *', '*/20 1-3 * * *'];
const LISTED = new Map(
  SCHEDULES.flatMap((schedule) =>
    BEGINNINGS.map((from) => [
      `${schedule} ${from}`,
      cronerTicks(schedule, 'Europe/Berlin', from, from + 8 * DAY_MS),
    ]),
  ),
);

type Move =
  | { type: 'advance'; ms: number }
  | { type: 'jumpBack'; ms: number }
  | { type: 'decide'; driver: 0 | 1 }
  | { type: 'record'; driver: 0 | 1 }
  | { type: 'kill'; driver: 0 | 1 }
  | { type: 'end' };

interface Script {
  schedule: string;
  policy: ConcurrencyPolicy;
  startingDeadlineSeconds: number | undefined;
  createdAt: number;
  moves: Move[];
}

const driver = fc.constantFrom(0 as const, 1 as const);
const advance = fc
  .oneof(
    fc.constantFrom(MINUTE_MS, 5 * MINUTE_MS, HOUR_MS),
    fc.integer({ min: 1, max: 10 * MINUTE_MS }),
    fc.integer({ min: 1, max: 5 * HOUR_MS }),
  )
  .map((ms): Move => ({ type: 'advance', ms }));
const jumpBack = fc
  .integer({ min: 1, max: 3 * HOUR_MS })
  .map((ms): Move => ({ type: 'jumpBack', ms }));
const step = (type: 'decide' | 'record' | 'kill') =>
  driver.map((which): Move => ({ type, driver: which }));
const end = fc.constant<Move>({ type: 'end' });
// A wake-up that is lost is time that passes without a turn.
const forward = fc.oneof(
  { weight: 4, arbitrary: advance },
  { weight: 5, arbitrary: step('decide') },
  { weight: 5, arbitrary: step('record') },
  { weight: 1, arbitrary: step('kill') },
  { weight: 2, arbitrary: end },
);
const anyway = fc.oneof({ weight: 5, arbitrary: forward }, { weight: 1, arbitrary: jumpBack });

const scripts = (move: fc.Arbitrary<Move>, policies: readonly ConcurrencyPolicy[]) =>
  fc.record<Script>({
    schedule: fc.constantFrom(...SCHEDULES),
    policy: fc.constantFrom(...policies),
    startingDeadlineSeconds: fc.constantFrom(undefined, 1, 60, 1800, 7200),
    createdAt: fc.constantFrom(...BEGINNINGS),
    moves: fc.array(move, { maxLength: 80, size: 'max' }),
  });

interface Played {
  store: CronStore;
  turns: Turn[];
}

function play(script: Script): Played {
  const store: CronStore = { lastScheduleTime: undefined, active: 0, started: [] };
  const drivers = [0, 1].map(() => new CronDriver(store, specOf(script), script.createdAt));
  const turns: Turn[] = [];
  let now = script.createdAt;
  for (const move of script.moves) {
    if (move.type === 'end') store.active = 0;
    else if (move.type === 'advance') now += move.ms;
    else if (move.type === 'jumpBack') now -= move.ms;
    else if (move.type === 'decide') drivers[move.driver]?.decide(now);
    else if (move.type === 'kill') drivers[move.driver]?.kill();
    else if (move.type === 'record') {
      const turn = drivers[move.driver]?.record();
      if (turn !== undefined) turns.push(turn);
    }
  }
  return { store, turns };
}

function specOf({ schedule, policy, startingDeadlineSeconds }: Script): CronJobView['spec'] {
  return {
    schedule,
    timeZone: 'Europe/Berlin',
    concurrencyPolicy: policy,
    ...(startingDeadlineSeconds !== undefined && { startingDeadlineSeconds }),
  };
}

function listed(script: Script): number[] {
  return LISTED.get(`${script.schedule} ${script.createdAt}`) ?? [];
}

/** The last tick up to `at`, when it may start then. */
function inTime(script: Script, at: number): number | undefined {
  const tick = listed(script).findLast((listedTick) => listedTick <= at);
  if (tick === undefined) return undefined;
  const { startingDeadlineSeconds: seconds } = script;
  return seconds === undefined || at <= tick + seconds * 1000 ? tick : undefined;
}

describe('whatever wakes, dies or comes second', () => {
  it('no tick is started twice, nor one that croner does not list', () => {
    fc.assert(
      fc.property(scripts(anyway, CONCURRENCY_POLICIES), (script) => {
        const { started } = play(script).store;
        expect(started).toEqual([...new Set(started)].sort((a, b) => a - b));
        const ticks = new Set(listed(script));
        expect(started.filter((tick) => !ticks.has(tick))).toEqual([]);
      }),
      RUNS,
    );
  });

  it('no tick is missed for which there was a turn in time', () => {
    fc.assert(
      fc.property(scripts(forward, ['Allow', 'Replace']), (script) => {
        const { store, turns } = play(script);
        const due = turns.map(({ at }) => inTime(script, at)).filter((tick) => tick !== undefined);
        expect(store.started).toEqual([...new Set(due)].sort((a, b) => a - b));
      }),
      RUNS,
    );
  });

  it('a tick that is started is the most recent one, and in time', () => {
    fc.assert(
      fc.property(scripts(anyway, CONCURRENCY_POLICIES), (script) => {
        for (const { at, plan } of play(script).turns) {
          if (plan.action.type === 'start') expect(plan.action.tick).toBe(inTime(script, at));
        }
      }),
      RUNS,
    );
  });

  it('every tick is accounted for: decided, or counted as given up', () => {
    fc.assert(
      fc.property(scripts(anyway, CONCURRENCY_POLICIES), (script) => {
        for (const { plan, seen } of play(script).turns) {
          const { action } = plan;
          if (action.type === 'none') continue;
          const after = seen ?? script.createdAt;
          const between = listed(script).filter((tick) => tick > after && tick < action.tick);
          expect(action.skipped).toBe(Math.min(between.length, MAX_SKIPPED));
        }
      }),
      RUNS,
    );
  });

  it('Forbid and Replace never have two jobs at once', () => {
    fc.assert(
      fc.property(scripts(anyway, ['Forbid', 'Replace']), (script) => {
        expect(play(script).store.active).toBeLessThanOrEqual(1);
      }),
      RUNS,
    );
  });

  it('there is always a next wake-up, in the future and not after the next tick', () => {
    fc.assert(
      fc.property(scripts(forward, CONCURRENCY_POLICIES), (script) => {
        for (const { at, plan } of play(script).turns) {
          const next = listed(script).find((tick) => tick > at) ?? Number.NaN;
          expect(plan.wakeAt).toBeGreaterThan(at);
          expect(plan.wakeAt).toBeLessThanOrEqual(next);
        }
      }),
      RUNS,
    );
  });
});
