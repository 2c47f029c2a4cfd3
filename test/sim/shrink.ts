import type { Redis } from 'ioredis';
import { runScenario, type SeedResult } from './run-seed.ts';
import type { Scenario } from './scenario.ts';

/** Runs that a search for a smaller scenario may take. */
const MAX_RUNS = 80;

/** The smallest scenario that was found to fail still, and how it fails. */
export interface Shrunk {
  scenario: Scenario;
  result: SeedResult;
  runs: number;
}

/** Leaves out one thing after the other as long as the run still fails. */
export async function shrink(redis: Redis, failing: Scenario): Promise<Shrunk> {
  let best: Shrunk = { scenario: failing, result: await runScenario(redis, failing), runs: 1 };
  for (let progress = true; progress; ) {
    progress = false;
    for (const scenario of smaller(best.scenario)) {
      if (best.runs >= MAX_RUNS) return best;
      best.runs++;
      const result = await runScenario(redis, scenario);
      if (result.violation === undefined) continue;
      best = { scenario, result, runs: best.runs };
      progress = true;
      break;
    }
  }
  return best;
}

/** The scenario without one of its parts, for each of them. */
function* smaller(scenario: Scenario): Generator<Scenario> {
  const { faults, jobs, controllers } = scenario;
  for (const fault of faults) {
    yield { ...scenario, faults: faults.filter((other) => other !== fault) };
  }
  if (jobs.length > 1) {
    for (const job of jobs) yield { ...scenario, jobs: jobs.filter((other) => other !== job) };
  }
  if (controllers > 1) yield { ...scenario, controllers: 1 };
  for (const [i, job] of jobs.entries()) {
    const { later, ...rest } = job;
    const put = (smallerJob: typeof rest) => ({ ...scenario, jobs: jobs.with(i, smallerJob) });
    if (later !== undefined) yield put(rest);
    if (job.tasks.length > 1) yield put({ ...job, tasks: job.tasks.slice(0, -1) });
  }
}
