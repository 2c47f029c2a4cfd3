import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Random } from '../chaos/random.ts';
import { cronJobFile, jobFile } from '../cli/manifest.ts';
import { Swarmerctl } from '../cli/swarmerctl.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { signalProcess } from '../lab/process.ts';
import { waitFor } from '../lab/wait.ts';
import { ContainerRuns, mostAtOnce } from '../support/container-runs.ts';
import { Receiver } from '../support/receiver.ts';
import { Swarmer } from '../support/swarmer.ts';

/*
 * What ignores SIGTERM lives on for its grace. Until its container has ended, by the clock of the engine,
 * its place is taken, its task starts nowhere else, and nobody is told of the end of its job.
 */

/** SWARMER_OVERLAP_TASKS=50 for the long form. */
const TASKS = Number(process.env['SWARMER_OVERLAP_TASKS'] ?? 12);
/** A job of so many must run as a whole before it is cancelled. */
const AT_ONCE = Math.ceil(TASKS / 4);
/** Fewer than the tasks that there are, so that a place that is given away too early shows. */
const SLOTS = AT_ONCE + 5;
const GRACE_SECONDS = 3;
/** How long anything may take, in ms: all of it shares the places, and much of the time nobody leads. */
const PATIENCE_MS = 90_000 + TASKS * 5000;
const SEED = process.env['SWARMER_OVERLAP_SEED'] ?? '1';
const STUBBORN = 'trap "" TERM; while :; do sleep 0.1; done';

let lab: Lab;
let image: string;
let receiver: Receiver;
let runs: ContainerRuns;
let api: Swarmer;
let controllers: Swarmer[];
let ctl: Swarmerctl;
/** When a callback arrived, in Unix ms, by its path. */
const calledBackAt = new Map<string, number>();

beforeAll(async () => {
  lab = await startLab({ swarm: true, images: ['busybox'] });
  image = await lab.ensureImage('busybox');
  const redis = await lab.startRedis({ appendfsync: 'always' });
  receiver = await Receiver.start();
  receiver.answer = ({ path }) => {
    calledBackAt.set(path, Date.now());
    return 200;
  };
  runs = await ContainerRuns.watch(lab.docker);
  const slots = { SWARMER_MAX_CONCURRENT_TASKS: String(SLOTS) };
  const env = { REDIS_URL: `redis+unix://${redis.socketPath}`, ...slots };
  api = await new Swarmer(lab, { role: 'api', env }).start();
  controllers = [1, 2].map(() => new Swarmer(lab, { role: 'controller', env }));
  await Promise.all(controllers.map((controller) => controller.start()));
  ctl = new Swarmerctl(api.url, mkdtempSync(join(lab.dir, 'ctl-')));
});

afterAll(async () => {
  await Promise.all([api, ...controllers].map((process) => process.end('SIGKILL')));
  runs.stop();
  await receiver.stop();
  await lab.stop();
});

const lastLines = () => controllers.map((controller) => controller.lastLines()).join('\n');

/** A job of these scripts, called back to a path of its own. */
function job(path: string, scripts: string[], policies: object = {}) {
  const tasks = scripts.map((text, i) => ({ name: `t${i}`, args: ['sh', '-c', text] }));
  return {
    ...{ image, tasks, backoffLimit: 0, retryBackoff: { baseMs: 10, maxMs: 20 }, priority: 10 },
    ...{ terminationGracePeriodSeconds: GRACE_SECONDS, callback: { url: receiver.url(path) } },
    ...policies,
  };
}

/** Ends by itself in the attempt of this number; ignores SIGTERM before. */
const endsIn = (attempt: number) => `[ $SWARMER_ATTEMPT = ${attempt} ] || { ${STUBBORN}; }`;
const times = (count: number, text: string) => Array.from({ length: count }, () => text);
const verb = (id: string, name: string) => api.post(`/v1/jobs/${id}/${name}`, {});

/** No two containers of a task at one time, as the engine tells. */
async function expectOneAtATime(...jobs: string[]): Promise<void> {
  await runs.ended(jobs);
  for (const id of jobs) {
    for (const index of new Set(runs.of(id).map((run) => run.index))) {
      const ofTask = runs.of(id).filter((run) => run.index === index);
      expect(mostAtOnce(ofTask), `containers of task ${index} of ${id} at once`).toBe(1);
    }
  }
}

/** The callback to a path came after the last container of its job had ended. */
async function expectToldAfter(path: string, id: string, since = 0): Promise<void> {
  const arrived = () => {
    const at = calledBackAt.get(path) ?? 0;
    return at > since && at;
  };
  const what = `a callback to ${path}`;
  const toldAt = await waitFor(arrived, { what, timeoutMs: PATIENCE_MS, detail: lastLines });
  await runs.ended([id]);
  const lastEnd = Math.max(...runs.of(id).map(({ endedAt }) => endedAt));
  expect(
    toldAt - lastEnd,
    `ms from the last container's end to the callback of ${path}`,
  ).toBeGreaterThanOrEqual(0);
}

interface JobList {
  items: { metadata: { uid: string; name: string } }[];
}

async function uidOf(name: string): Promise<string> {
  return ctl.read(['get', 'job', name, '-o', 'jsonpath={.metadata.uid}']);
}

describe('while the leader is killed again and again', () => {
  const stop = new AbortController();
  let killing: Promise<void>;

  beforeAll(() => {
    killing = killLeaders(new Random(`overlap ${SEED}`), stop.signal);
  });

  afterAll(async () => {
    stop.abort();
    await killing;
  });

  describe.concurrent(
    'no container meets another one of its task, nor the end of its job',
    () => {
      test('when a cron job replaces its job', async () => {
        const tasks = [{ name: 'only', args: ['sh', '-c', STUBBORN] }];
        const grace = { terminationGracePeriodSeconds: GRACE_SECONDS };
        const cron = {
          ...{ schedule: '* * * * *', concurrencyPolicy: 'Replace' },
          // First in the queue: its tick does not wait for the others.
          jobTemplate: { spec: { image, tasks, priority: 1000, ...grace } },
        };
        await ctl.read(['create', '-f', '-'], { stdin: cronJobFile('each-minute', cron) });
        const ids = new Set<string>();
        // A tick that comes at once replaces a job before it has a container.
        const twoHaveRun = async () => {
          const { items } = await ctl.json<JobList>(['get', 'jobs']);
          for (const { metadata } of items) {
            if (metadata.name.startsWith('each-minute-')) ids.add(metadata.uid);
          }
          return [...ids].filter((id) => runs.of(id).length > 0).length >= 2;
        };
        await ctl.read(['trigger', 'each-minute']);
        const tick = { what: 'two of its jobs to run', timeoutMs: PATIENCE_MS, intervalMs: 250 };
        await waitFor(twoHaveRun, tick);
        await ctl.read(['delete', 'cronjob', 'each-minute']);
        await runs.ended([...ids]);
        expect(mostAtOnce([...ids].flatMap((id) => runs.of(id)))).toBe(1);
      });

      test('when tasks are tried again after their timeout', async () => {
        // There are many: the others need not wait for all of them.
        // Time enough for the swarm to tell that the last attempts have ended at once.
        const spec = { timeoutSeconds: 4, backoffLimit: 2, priority: 0 };
        const id = await api.create(job('/retried', times(Math.ceil(TASKS / 2), endsIn(3)), spec));
        await expectToldAfter('/retried', id);
        await expectOneAtATime(id);
        const { tasks } = await api.status(id);
        expect(tasks.map(({ status, attempts }) => [status, attempts])).toEqual(
          times(tasks.length, '').map(() => [0, 3]),
        );
      });

      test('when only one may run at one time', async () => {
        const spec = { timeoutSeconds: 1, parallelism: 1, backoffLimit: 1 };
        const id = await api.create(job('/one', times(Math.ceil(TASKS / 8), endsIn(2)), spec));
        await expectToldAfter('/one', id);
        expect(mostAtOnce(runs.of(id))).toBe(1);
      });

      test('when a job is cancelled and tried again', async () => {
        const scripts = times(AT_ONCE, endsIn(2));
        const id = await api.create(job('/again', scripts));
        // One that was never started would be in its first attempt when it is tried again.
        await runs.started([id], scripts.length, PATIENCE_MS);
        expect((await verb(id, 'cancel')).status).toBe(200);
        const retried = async () => (await verb(id, 'retry')).status === 200;
        await waitFor(retried, { what: 'the job to be tried again', timeoutMs: PATIENCE_MS });
        const retriedAt = Date.now();
        await expectToldAfter('/again', id, retriedAt);
        await expectOneAtATime(id);
        const first = runs.of(id).filter(({ attempt }) => attempt === 1);
        const second = runs.of(id).filter(({ attempt }) => attempt === 2);
        const firstEnd = Math.max(...first.map(({ endedAt }) => endedAt));
        const secondStart = Math.min(...second.map(({ startedAt }) => startedAt));
        expect(secondStart).toBeGreaterThanOrEqual(firstEnd);
        expect((await api.status(id)).__phase).toBe('Complete');
      });

      test.each([
        ['its deadline', [STUBBORN, STUBBORN], { activeDeadlineSeconds: 3 }],
        [
          'a rule of its failure policy',
          [STUBBORN, 'sleep 1; exit 42'],
          { failurePolicy: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } }] },
        ],
        ['too many failures', [STUBBORN, 'sleep 1; exit 1'], { maxFailedTasks: 0 }],
        ['enough successes', [STUBBORN, 'sleep 1'], { successPolicy: { succeededCount: 1 } }],
      ])('when %s ends the job', async (name, scripts, policies) => {
        const path = `/${name.replaceAll(' ', '-')}`;
        const id = await api.create(job(path, scripts, policies));
        await expectToldAfter(path, id);
        expect((await api.status(id)).__phase).not.toBe('Running');
      });

      test('when a job is removed, and one of its name created', async () => {
        const stdin = jobFile('named', job('/removed', [STUBBORN]));
        await ctl.read(['create', '-f', '-'], { stdin });
        const old = await uidOf('named');
        await runs.started([old], 1, PATIENCE_MS);
        await ctl.read(['delete', 'job', 'named', '--wait']);
        const removedAt = Date.now();
        await ctl.read(['create', '-f', '-'], { stdin: jobFile('named', job('/named', ['true'])) });
        await expectToldAfter('/named', await uidOf('named'));
        await runs.ended([old]);
        const lastEnd = Math.max(...runs.of(old).map(({ endedAt }) => endedAt));
        expect(removedAt - lastEnd).toBeGreaterThanOrEqual(0);
      });

      // What takes its name while it has its grace.
      test.each([
        ['is put in the place of a job', ['apply', '--replace', '-f', '-'], []],
        [
          'is created after a removal that nobody waits for',
          ['create', '-f', '-'],
          ['delete', 'job'],
        ],
      ])('when another %s', async (what, put, remove) => {
        const name = `place-${put[0]}`;
        const path = `/${name}`;
        await ctl.read(['create', '-f', '-'], { stdin: jobFile(name, job(path, [STUBBORN])) });
        const old = await uidOf(name);
        await runs.started([old], 1, PATIENCE_MS);
        if (remove.length > 0) await ctl.read([...remove, name]);
        const path2 = `${path}-again`;
        await ctl.read(put, { stdin: jobFile(name, job(path2, ['true'])) });
        const uid = await uidOf(name);
        expect(uid, what).not.toBe(old);
        await expectToldAfter(path2, uid);
        await runs.ended([old, uid]);
        expect(mostAtOnce([old, uid].flatMap((id) => runs.of(id)))).toBe(1);
      });
    },
    2 * PATIENCE_MS,
  );

  test('and no more containers run at one time than there are places', () => {
    expect(runs.all.length).toBeGreaterThan(TASKS);
    expect(mostAtOnce(runs.all)).toBeLessThanOrEqual(SLOTS);
  });
});

/** Kills whoever leads, a while after it has begun to, and starts it again. */
async function killLeaders(random: Random, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const leader = await waitFor(() => signal.aborted || controllers.find(leads), {
      ...{ what: 'a leader', timeoutMs: PATIENCE_MS },
    });
    await delay(random.int(2000, 7000));
    if (leader === true || signal.aborted) return;
    await leader.end('SIGKILL');
    await leader.start();
  }
}

function leads(controller: Swarmer): boolean {
  const turns = controller
    .logLines()
    .filter(({ msg }) => ['swarmer starts', 'leading', 'no longer leading'].includes(String(msg)));
  return controller.running && turns.at(-1)?.['msg'] === 'leading';
}

/** Longer than the limit of one call to the engine. */
const HUNG_MS = 17_000;

describe('a creation of which the engine tells nothing, and which it carries out later', () => {
  test.each([
    ['its call times out', async () => undefined],
    [
      'the leader dies meanwhile',
      async () => {
        const leader = controllers.find(leads);
        await leader?.end('SIGKILL');
        await leader?.start();
      },
    ],
  ])(
    'is not the end of its job before its container is gone: %s',
    async (name, meanwhile) => {
      const path = (verb: string) => `/hung-${verb}-${name.replaceAll(' ', '-')}`;
      await waitFor(() => controllers.some(leads), { what: 'a leader' });
      signalProcess(lab.engineProcess(), 'SIGSTOP');
      const stoppedAt = performance.now();
      const cancelled = await api.create(job(path('cancelled'), [STUBBORN]));
      const late = await api.create(job(path('late'), [STUBBORN], { activeDeadlineSeconds: 2 }));
      const removed = await api.create(job(path('removed'), [STUBBORN]));
      // Their creation is under way.
      const claimed = async (id: string) => {
        const response = await api.request(`/v1/jobs/${id}`);
        const { status } = (await response.json()) as { status: { counts: { active: number } } };
        return status.counts.active === 1;
      };
      for (const id of [cancelled, late, removed]) {
        await waitFor(() => claimed(id), { what: 'the attempt to be claimed' });
      }
      await delay(500);
      await meanwhile();
      await delay(HUNG_MS - (performance.now() - stoppedAt));
      expect((await verb(cancelled, 'cancel')).status).toBe(200);
      await api.request(`/v1/jobs/${removed}`, { method: 'DELETE' });
      await delay(2000);
      signalProcess(lab.engineProcess(), 'SIGCONT');

      const gone = async () => (await api.request(`/v1/jobs/${removed}`)).status === 404;
      await waitFor(gone, { what: 'the job to be removed', timeoutMs: 60_000 });
      const removedAt = Date.now();
      for (const verb of ['cancelled', 'late']) {
        const arrived = () => calledBackAt.has(path(verb));
        const what = `a callback to ${path(verb)}`;
        await waitFor(arrived, { what, timeoutMs: 60_000, detail: lastLines });
      }
      // What the engine had still to do is done by the time that a later job has come and gone.
      const later = await api.create(job(path('later'), ['sleep 1']));
      await expectToldAfter(path('later'), later);
      await runs.ended([cancelled, late, removed]);
      const toldAt = {
        [cancelled]: calledBackAt.get(path('cancelled')) ?? 0,
        [late]: calledBackAt.get(path('late')) ?? 0,
        [removed]: removedAt,
      };
      for (const [id, at] of Object.entries(toldAt)) {
        for (const { endedAt } of runs.of(id)) expect(at - endedAt).toBeGreaterThanOrEqual(0);
        expect(await api.services(id)).toEqual([]);
      }
    },
    180_000,
  );
});
