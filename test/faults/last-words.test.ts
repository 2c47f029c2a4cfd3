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
const TASKS = Number(process.env['SWARMER_LAST_WORDS_TASKS'] ?? 12);
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

/** Stops jobs in three ways until so many of their tasks had begun. */
async function stopped(count: number): Promise<TaskResultBody[]> {
  const begun: TaskResultBody[] = [];
  while (begun.length < count) begun.push(...(await stoppedOnce()));
  return begun;
}

async function stoppedOnce(): Promise<TaskResultBody[]> {
  const tasks = Array.from({ length: SLOTS }, (_, i) => ({
    name: `t${i}`,
    args: ['sh', '-c', SAYS],
  }));
  const spec = { image, tasks, backoffLimit: 0, terminationGracePeriodSeconds: 5 };
  const [timedOut, late, cancelled] = await Promise.all([
    api.create({ ...spec, timeoutSeconds: 2 }),
    api.create({ ...spec, activeDeadlineSeconds: 6 }),
    api.create(spec),
  ]);
  await runs.started([cancelled], 1, PATIENCE_MS / 2);
  await api.post(`/v1/jobs/${cancelled}/cancel`, {});
  const ids = [timedOut, late, cancelled];
  const bodies = await Promise.all(ids.map((id) => api.finished(id, PATIENCE_MS)));
  const all = bodies.flatMap((body) => body.tasks);
  return all.filter(({ result }) => result.stdout?.includes('begun'));
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
    const tasks = await stopped(TASKS);
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
    const tasks = await stopped(TASKS);
    stop.abort();
    await killing;
    expectHonest(tasks);
  },
  PATIENCE_MS,
);
