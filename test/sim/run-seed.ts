import { setImmediate } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { type Logger, pino } from 'pino';
import { attemptKey } from '../../internal/apis/index.ts';
import type { CoverageTable } from './coverage.ts';
import { checkEnd, isToGo } from './final-checks.ts';
import type { Scenario } from './scenario.ts';
import type { Violation } from './violation.ts';
import { World } from './world.ts';

/** What came of a run. */
export interface SeedResult {
  seed: number;
  /** The first invariant that did not hold, if any. */
  violation?: Violation;
  /** Equal for equal runs. */
  hash: string;
  lines: string[];
  coverage: CoverageTable;
  virtualMs: number;
  effects: number;
}

/**
 * All must have come to rest so long after the last thing that went wrong, in ms. Every attempt that lives on
 * after its report takes 30 s, and each that lacks one waits for up to 40 s; they may come one after the other.
 */
const REST_WITHIN_MS = 720_000;
/** How long a stop may take, and how long a world at rest is watched on, in ms. */
const STOP_WITHIN_MS = 60_000;
const WATCH_ON_MS = 2000;
/** Within this time of its last job's end nobody looks at the swarm any more, in ms. */
const LOOKS_END_MS = 1000;
/** Lines of history that a failure shows. */
const TAIL = 60;

interface RunOptions {
  /** Keeps every line of the history, and what the processes log. */
  verbose?: boolean;
}

/** Runs one scenario to its end, or to the first thing that is wrong. */
export async function runScenario(
  redis: Redis,
  scenario: Scenario,
  { verbose = false }: RunOptions = {},
): Promise<SeedResult> {
  const world: World = new World(
    redis,
    scenario,
    makeLogger(verbose, (line) => log(line)),
  );
  const log = (line: string) => world.history.add(world.timeline.now, line);
  await world.begin();
  await run(world);
  const { history, violations, coverage, timeline } = world;
  const [violation] = violations.all;
  return {
    seed: scenario.seed,
    ...(violation === undefined ? {} : { violation }),
    hash: history.digest(),
    lines: verbose ? [...history.lines] : history.tail(TAIL),
    coverage: coverage.table,
    virtualMs: timeline.now,
    effects: Object.values(coverage.table).reduce((sum, { seen }) => sum + seen, 0),
  };
}

async function run(world: World): Promise<void> {
  const { timeline, violations, fleet } = world;
  if (!(await comesToRest(world))) {
    noteUnrest(world);
    return;
  }
  fleet.stopAll();
  const stopped = await until(world, () => fleet.size === 0, timeline.now + STOP_WITHIN_MS);
  violations.check(stopped, 'who is told to stop ends', () => `${fleet.size} still run`);
  if (violations.all.length === 0) await checkEnd(world);
}

/** True when all has come to rest, and stays so: who was paused may still do what it was about to. */
async function comesToRest(world: World): Promise<boolean> {
  const endMs = world.plan.endsAt + REST_WITHIN_MS;
  let restedAt: number;
  do {
    if (!(await until(world, () => atRest(world), endMs))) return false;
    restedAt = world.timeline.now;
    await until(world, () => false, restedAt + WATCH_ON_MS);
    if (world.timeline.now > endMs) return false;
  } while (!(atRest(world) && (await storeAtRest(world))));
  const { lookedAt } = world.monitor;
  world.violations.check(
    lookedAt < restedAt + LOOKS_END_MS,
    '7: nobody looks at a swarm that has nothing to do',
    () => `rest since ${restedAt}, looked at ${lookedAt}`,
  );
  return true;
}

/** Lets things happen until `done`, or until something is wrong, or the time is over. */
async function until(
  { timeline, violations }: World,
  done: () => boolean,
  endMs: number,
): Promise<boolean> {
  while (!done()) {
    if (violations.all.length > 0 || timeline.now > endMs) return false;
    if (await timeline.step()) continue;
    // Nothing is going to happen by the clock; what just happened may still have ended it.
    await setImmediate();
    return done();
  }
  return true;
}

function atRest({ timeline, plan, effects, busyUsers, monitor }: World): boolean {
  if (busyUsers > 0 || timeline.now < Math.max(plan.endsAt, effects.lateUntil)) return false;
  for (const job of monitor.ledger.jobs.values()) {
    if (!job.finished) return false;
  }
  return noneUncalled(monitor) && monitor.ledger.services.size === 0;
}

/** True when no callback waits, and what was to be removed is. */
async function storeAtRest({ redis, keys, monitor, truth }: World): Promise<boolean> {
  if ((await redis.zcard(keys.outbox)) > 0) return false;
  const gone = [...monitor.ledger.jobs.values()].filter((job) => isToGo(job, truth));
  if (gone.length === 0) return true;
  return (await redis.exists(...gone.map(({ uid }) => keys.job(uid).job))) === 0;
}

function noneUncalled({ ledger }: World['monitor']): boolean {
  return [...ledger.jobs.values()].every(
    ({ called, callback, deleting }) => called || !callback || deleting,
  );
}

function noteUnrest(world: World): void {
  const { violations, monitor, busyUsers } = world;
  if (violations.all.length > 0) return;
  const jobs = [...monitor.ledger.jobs.values()].map(({ uid, ...job }) => ({
    ...{ job: world.history.nameOf(uid), finished: job.finished, called: job.called },
    ...{ total: job.total, generation: job.generation, deleting: job.deleting },
  }));
  const services = [...monitor.ledger.services.values()].map(attemptKey);
  violations.add('4: everything comes to rest', JSON.stringify({ jobs, services, busyUsers }));
}

function makeLogger(verbose: boolean, write: (line: string) => void): Logger {
  if (!verbose) return pino({ level: 'silent' });
  const options = { level: 'debug', base: null, timestamp: false } as const;
  return pino(options, { write: (line: string) => write(`  log ${line.trim()}`) });
}
