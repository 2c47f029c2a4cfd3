import type { Rng } from './rng.ts';
import type { Fate, Fault, JobPlan } from './scenario.ts';

type Coincidence = (rng: Rng, job: JobPlan, nodes: readonly string[]) => Fault[];

const CHANCE = 0.15;

/** Two things that happen at one time, or one just as another is decided: chance alone hardly brings them together. */
export function coincidences(
  rng: Rng,
  jobs: readonly JobPlan[],
  nodes: readonly string[],
): Fault[] {
  const job = jobs.find(({ wish, afterwards }) => wish === undefined && afterwards.length === 0);
  if (job === undefined || !rng.chance(CHANCE)) return [];
  const make = rng.pick([untrueToTheNext, renewedForTheNext, backWhenLost, pausedInTime]);
  return make(rng, job, nodes);
}

/**
 * A leader dies while a container that was told to end lives on, and the lists that the next one begins with
 * are untrue: it has never seen the task.
 */
const untrueToTheNext: Coincidence = (rng, job) => {
  const seconds = rng.int(1, 3);
  doFirst(job, { runMs: 20_000, ignoresTerm: true });
  const retryBackoff = { baseMs: 500, maxMs: 4000 };
  Object.assign(job.spec, { timeoutSeconds: seconds, backoffLimit: 2, retryBackoff });
  const atMs = job.atMs + seconds * 1000 + rng.int(500, 3000);
  const of: ('tasks' | 'services')[] = rng.chance(0.5) ? ['tasks'] : ['tasks', 'services'];
  return [{ type: 'lists', atMs, forMs: 12_000, of }, endOfLeader(rng, atMs + rng.int(0, 1000))];
};

/** The swarm is left and made anew while the leader changes. */
const renewedForTheNext: Coincidence = (rng, job) => {
  doFirst(job, { runMs: 8000 });
  const atMs = job.atMs + rng.int(1000, 5000);
  const forMs = rng.pick([200, 3000]);
  return [{ type: 'renew', atMs, forMs }, endOfLeader(rng, atMs + rng.int(-500, 5000))];
};

/** A node is back just as it is judged lost: the managers give it up after 15 s of silence. */
const backWhenLost: Coincidence = (rng, job, nodes) => {
  doFirst(job, { runMs: rng.pick([6000, 15_000, 30_000]) });
  const onNodeLost = rng.pick(['replace', 'wait', 'fail', 'fail'] as const);
  const lostAfterSeconds = rng.pick([0, 1, 2]);
  Object.assign(job.spec, { onNodeLost, lostAfterSeconds });
  const what = rng.pick(['kill', 'partition', 'partition'] as const);
  const atMs = job.atMs + rng.int(800, 4000);
  return nodes.slice(1).map((node) => {
    return { type: 'node', what, node, atMs, forMs: rng.int(14_500, 18_000) };
  });
};

/** A job with a deadline is suspended and resumed: its clock stands meanwhile. */
const pausedInTime: Coincidence = (rng, job) => {
  doFirst(job, { runMs: rng.pick([300, 3000, 20_000]) });
  job.spec.activeDeadlineSeconds = rng.int(2, 10);
  job.wish = { what: 'suspend', afterMs: rng.int(0, 5000), forMs: rng.int(2000, 15_000) };
  return rng.chance(0.5) ? [endOfLeader(rng, job.atMs + rng.int(500, 8000))] : [];
};

/** Has the first attempt of each task start, and do that. */
function doFirst(job: JobPlan, what: Partial<Fate>): void {
  for (const { fates } of job.tasks) {
    const [first] = fates;
    if (first === undefined) continue;
    const { reject: _, failStart: __, report: ___, stuck: ____, ...fate } = first;
    fates[0] = { ...fate, startMs: 10, ...what };
  }
}

function endOfLeader(rng: Rng, atMs: number): Fault {
  const backMs = rng.pick([50, 500]);
  return { type: rng.chance(0.5) ? 'kill' : 'stop', atMs, who: 'leader', backMs };
}
