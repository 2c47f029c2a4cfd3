import { afterAll, beforeAll, expect, test } from 'vitest';
import { Random } from '../chaos/random.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { waitFor } from '../lab/wait.ts';
import { ContainerRuns } from '../support/container-runs.ts';
import type { TaskResultBody } from '../support/result-body.ts';
import { Swarmer } from '../support/swarmer.ts';

/*
 * What a task prints after SIGTERM, as the traceback of a process that is stopped at its limit: it is there, or its
 * log says that it may be missing. Only a leader that dies in between may lose it.
 */

/** SWARMER_LAST_WORDS_TASKS=200 for the long form. */
const TASKS = Number(process.env['SWARMER_LAST_WORDS_TASKS'] ?? 18);
const SLOTS = 6;
const PATIENCE_MS = 60_000 + TASKS * 5000;
const SEED = process.env['SWARMER_LAST_WORDS_SEED'] ?? '1';
const SAYS =
  'echo begun; trap "sleep 0.3; echo why >&2; echo last words; exit 1" TERM; while :; do sleep 0.1; done';
const STOPPED = 'stopped: what it wrote after it was told to stop may be missing';

let lab: Lab;
let image: string;
let api: Swarmer;
let controllers: Swarmer[];
let runs: ContainerRuns;

beforeAll(async () => {
  lab = await startLab({ swarm: true, images: ['busybox'] });
  image = await lab.ensureImage('busybox');
  const redis = await lab.startRedis({ appendfsync: 'always' });
  runs = await ContainerRuns.watch(lab.docker);
  const slots = { SWARMER_MAX_CONCURRENT_TASKS: String(SLOTS) };
  const env = { REDIS_URL: `redis+unix://${redis.socketPath}`, ...slots };
  api = await new Swarmer(lab, { role: 'api', env }).start();
  controllers = [1, 2].map(() => new Swarmer(lab, { role: 'controller', env }));
  await Promise.all(controllers.map((controller) => controller.start()));
});

afterAll(async () => {
  await Promise.all([api, ...controllers].map((process) => process.end('SIGKILL')));
  runs.stop();
  await lab.stop();
});

/** Jobs that are stopped in three ways, with so many tasks in all. */
async function stoppedJobs(count: number): Promise<TaskResultBody[]> {
  const each = Math.ceil(count / 3);
  const tasks = Array.from({ length: each }, (_, i) => ({
    name: `t${i}`,
    args: ['sh', '-c', SAYS],
  }));
  const spec = { image, tasks, backoffLimit: 0, terminationGracePeriodSeconds: 5 };
  const cancelled = await api.create({ ...spec, parallelism: 2 });
  const jobs = [
    await api.create({ ...spec, timeoutSeconds: 2 }),
    await api.create({ ...spec, activeDeadlineSeconds: 6 }),
    cancelled,
  ];
  await runs.started([cancelled], 1, PATIENCE_MS / 2);
  await api.post(`/v1/jobs/${cancelled}/cancel`, {});
  const bodies = await Promise.all(jobs.map((id) => api.finished(id, PATIENCE_MS)));
  return bodies
    .flatMap((body) => body.tasks)
    .filter(({ result }) => result.stdout?.includes('begun'));
}

function expectHonest(tasks: TaskResultBody[]): { whole: number } {
  let whole = 0;
  for (const { name, result } of tasks) {
    const isThere = result.stdout === 'begun\nlast words\n' && result.stderr === 'why\n';
    if (isThere) whole++;
    const { log, log_reason } = result;
    const admits = log === 'partial' && log_reason === STOPPED;
    expect(isThere || admits, `${name}: ${JSON.stringify(result)}`).toBe(true);
    if (log === 'complete') expect(isThere).toBe(true);
  }
  return { whole };
}

test(
  'is there, of all but a few at most',
  async () => {
    const tasks = await stoppedJobs(TASKS);
    expect(tasks.length).toBeGreaterThan(TASKS / 3);
    const { whole } = expectHonest(tasks);
    expect(whole / tasks.length, `${whole} of ${tasks.length}`).toBeGreaterThanOrEqual(0.95);
  },
  PATIENCE_MS,
);

test(
  'is there or told to be missing while the leader is killed again and again',
  async () => {
    const random = new Random(SEED);
    const stop = new AbortController();
    const killing = (async () => {
      while (!stop.signal.aborted) {
        const victim = controllers[random.int(0, 1)];
        await victim?.end('SIGKILL');
        await victim?.start();
        const until = Date.now() + random.int(500, 3000);
        await waitFor(() => Date.now() > until || stop.signal.aborted, {
          what: 'the next kill',
          timeoutMs: 10_000,
        });
      }
    })();
    const tasks = await stoppedJobs(TASKS);
    stop.abort();
    await killing;
    expect(tasks.length).toBeGreaterThan(0);
    expectHonest(tasks);
  },
  PATIENCE_MS,
);
