import { describe, expect, test } from 'vitest';
import { injectLab } from '../lab/inject.ts';
import { waitFor } from '../lab/wait.ts';
import { served } from '../support/served.ts';

const lab = injectLab();
const image = await lab.ensureImage('busybox');
const { swarmer, receiver } = await served(lab, { SWARMER_INSTANCE: 'policies' });

const AT_ONCE = { baseMs: 10, maxMs: 20 };
const script = (text: string) => ['sh', '-c', text];

/** A job of these scripts. */
function job(scripts: string[], policies: object = {}) {
  const tasks = scripts.map((text, i) => ({ name: `t${i}`, args: script(text) }));
  return { image, tasks, retryBackoff: AT_ONCE, ...policies };
}

async function resource(id: string) {
  const response = await swarmer.request(`/v1/jobs/${id}`);
  return (await response.json()) as {
    status: {
      phase: string;
      counts: object;
      conditions: { type: string; reason: string }[];
      suspendedMs?: number;
    };
  };
}

const verb = (id: string, name: string) => swarmer.post(`/v1/jobs/${id}/${name}`, {});
const isRunning = (id: string) =>
  waitFor(async () => (await swarmer.services(id)).length > 0, { what: 'a task to start' });

describe('retries', () => {
  test('a failed task is tried again as often as backoffLimit says, each time as a new attempt', async () => {
    const id = await swarmer.create(
      job(['echo "attempt $SWARMER_ATTEMPT"; [ $SWARMER_ATTEMPT = 3 ]', 'exit 4'], {
        backoffLimit: 2,
      }),
    );
    const { tasks } = await swarmer.finished(id);
    expect(tasks).toMatchObject([
      { status: 0, attempts: 3, result: { stdout: 'attempt 3\n' } },
      { status: 4, attempts: 3 },
    ]);
  });

  test('a rule of the failure policy ends the whole job', async () => {
    const failurePolicy = [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } }];
    const scripts = ['sleep 60', 'exit 42', 'sleep 60'];
    const id = await swarmer.create(job(scripts, { failurePolicy, parallelism: 2 }));
    const { tasks, __phase } = await swarmer.finished(id);
    expect(__phase).toBe('Failed');
    expect(tasks).toMatchObject([
      { status: null, reason: 'CancelRequested' },
      { status: 42, attempts: 1 },
      { status: null, reason: 'Cancelled' },
    ]);
    expect((await resource(id)).status).toMatchObject({
      counts: { total: 3, pending: 0, active: 0, succeeded: 0, failed: 1, cancelled: 2 },
      conditions: [{ type: 'Failed', reason: 'FailurePolicy' }],
    });
    expect(await swarmer.services(id)).toEqual([]);
  });

  test('more failed tasks than maxFailedTasks end the job; enough succeeded ones complete it', async () => {
    const failing = job(['exit 1', 'exit 1', 'sleep 60'], { maxFailedTasks: 1, backoffLimit: 0 });
    const winning = job(['true', 'sleep 60'], { successPolicy: { succeededCount: 1 } });
    const ids = await Promise.all([failing, winning].map((spec) => swarmer.create(spec)));
    const phases = await Promise.all(ids.map(async (id) => (await swarmer.finished(id)).__phase));
    expect(phases).toEqual(['Failed', 'Complete']);
  });
});

describe('the timeline of a job', () => {
  test('tells how it came to its state, and can be read on from an entry', async () => {
    const id = await swarmer.create(job(['[ $SWARMER_ATTEMPT = 2 ]'], { backoffLimit: 1 }));
    await swarmer.finished(id);
    const read = async (query: string) => {
      const response = await swarmer.request(`/v1/jobs/${id}/events?${query}`);
      const { items } = (await response.json()) as {
        items: { id: string; type: string; attempt?: number; status?: number }[];
      };
      return items;
    };
    const all = await read('limit=100');
    // A process as short as this may never be seen to run.
    const decided = all.filter(({ type }) => type !== 'Running');
    expect(decided.map(({ type, attempt, status }) => [type, attempt, status])).toEqual([
      ['Accepted', undefined, undefined],
      ['ImageByTag', undefined, undefined],
      ['Created', 1, undefined],
      ['Failed', 1, 1],
      ['Retrying', 2, undefined],
      ['Created', 2, undefined],
      ['Succeeded', 2, 0],
      ['Finished', undefined, undefined],
    ]);
    const first = await read('limit=2');
    expect([...first, ...(await read(`after=${first.at(-1)?.id}`))]).toEqual(all);
  });
});

describe('time limits', () => {
  test('a process that runs longer than timeoutSeconds is ended, with its output so far', async () => {
    const id = await swarmer.create(
      job(['echo begun; sleep 600'], { timeoutSeconds: 1, backoffLimit: 0 }),
    );
    const { tasks } = await swarmer.finished(id);
    expect(tasks).toMatchObject([
      { status: null, reason: 'Timeout', result: { stdout: 'begun\n' } },
    ]);
  });

  test('a job that takes longer than activeDeadlineSeconds fails', async () => {
    const id = await swarmer.create(job(['sleep 600', 'true'], { activeDeadlineSeconds: 6 }));
    const { tasks, __phase } = await swarmer.finished(id);
    expect(__phase).toBe('Failed');
    expect(tasks.map(({ status }) => status)).toEqual([null, 0]);
    expect((await resource(id)).status.conditions).toMatchObject([{ reason: 'DeadlineExceeded' }]);
  });
});

describe('a user', () => {
  test('cancels a job: what ignores SIGTERM is killed after its grace, and the job ends once', async () => {
    const spec = job(['trap "" TERM; echo up; while :; do sleep 1; done', 'true'], {
      parallelism: 1,
      terminationGracePeriodSeconds: 1,
      callback: { url: receiver.url('/cancelled') },
    });
    const id = await swarmer.create(spec);
    await isRunning(id);
    expect((await verb(id, 'cancel')).status).toBe(200);
    const { body } = await receiver.delivery('/cancelled');
    expect(body.__phase).toBe('Cancelled');
    expect(body.tasks.map(({ reason }) => reason)).toEqual(['CancelRequested', 'Cancelled']);
    const filters = { label: [`swarmer.job=${id}`] };
    const gone = async () => (await lab.docker.listContainers({ filters })).length === 0;
    await waitFor(gone, { what: 'the container to be killed', timeoutMs: 20_000 });
    expect((await verb(id, 'cancel')).status).toBe(409);
    expect(receiver.at('/cancelled')).toHaveLength(1);
  });

  test('has the failed tasks of a finished job run again, and only those', async () => {
    const spec = job(['echo once', '[ $SWARMER_ATTEMPT = 2 ]'], {
      backoffLimit: 0,
      callback: { url: receiver.url('/again') },
    });
    const id = await swarmer.create(spec);
    const { body: first } = await receiver.delivery('/again');
    expect(first.tasks.map(({ status }) => status)).toEqual([0, 1]);
    expect((await verb(id, 'retry')).status).toBe(200);
    await waitFor(() => receiver.at('/again').length === 2, { what: 'the second callback' });
    const [one, two] = receiver.at('/again');
    expect(two?.body.tasks).toMatchObject([first.tasks[0], { status: 0, attempts: 2 }]);
    expect(two?.headers['webhook-id']).toBe(`${one?.headers['webhook-id']}_2`);
    expect((await verb(id, 'retry')).status).toBe(409);
  });

  test('has a callback sent again: the same message', async () => {
    const id = await swarmer.create(job(['true'], { callback: { url: receiver.url('/twice') } }));
    await receiver.delivery('/twice');
    await waitFor(async () => (await verb(id, 'redeliver')).status === 200, { what: 'the job' });
    await waitFor(() => receiver.at('/twice').length === 2, { what: 'the second delivery' });
    const [one, two] = receiver.at('/twice');
    expect(two?.text).toBe(one?.text);
    expect(two?.headers['webhook-id']).toBe(one?.headers['webhook-id']);
    const log = async () => {
      const response = await swarmer.request(`/v1/jobs/${id}/callback`);
      return (await response.json()) as { state: string; log: { kind: string; status: number }[] };
    };
    await waitFor(async () => (await log()).log.length === 2, { what: 'both tries to be logged' });
    expect(await log()).toMatchObject({
      state: 'delivered',
      log: [{ status: 200 }, { status: 200 }],
    });
  });

  test('deletes a running job: its services go, and then all of its record', async () => {
    const id = await swarmer.create(
      job(['sleep 600'], { callback: { url: receiver.url('/gone') } }),
    );
    await isRunning(id);
    const deleted = await swarmer.request(`/v1/jobs/${id}`, { method: 'DELETE' });
    expect(deleted.status).toBe(202);
    const isGone = async () => (await swarmer.request(`/v1/jobs/${id}`)).status === 404;
    await waitFor(isGone, { what: 'the record to be removed' });
    expect(await swarmer.services(id)).toEqual([]);
    expect(receiver.at('/gone')).toEqual([]);
  });

  test('has a finished job removed by its time to live', async () => {
    const id = await swarmer.create(job(['true'], { ttlSecondsAfterFinished: 1 }));
    await swarmer.finished(id);
    const isGone = async () => (await swarmer.request(`/v1/jobs/${id}`)).status === 404;
    await waitFor(isGone, { what: 'the record to be removed' });
  });

  test('suspends a job, and resumes it', async () => {
    const id = await swarmer.create(job(['true', 'true'], { suspend: true }));
    expect((await resource(id)).status).toMatchObject({ counts: { pending: 2 } });
    const other = await swarmer.create(job(['true']));
    await swarmer.finished(other);
    expect(await swarmer.services(id)).toEqual([]);
    expect((await verb(id, 'resume')).status).toBe(200);
    const { __phase } = await swarmer.finished(id);
    expect(__phase).toBe('Complete');
  });

  test('has its deadline stand while it is suspended, from its creation and in the middle', async () => {
    const id = await swarmer.create(
      job(['sleep 600'], { activeDeadlineSeconds: 6, suspend: true }),
    );
    const outlast = async () => swarmer.finished(await swarmer.create(job(['sleep 7'])));
    await outlast();
    expect((await resource(id)).status).toMatchObject({ phase: 'Running', counts: { pending: 1 } });
    expect((await resource(id)).status).not.toHaveProperty('startTime');
    await verb(id, 'resume');
    await waitFor(async () => (await swarmer.services(id)).length === 1, { what: 'the service' });
    await verb(id, 'suspend');
    await outlast();
    expect((await resource(id)).status).toMatchObject({ phase: 'Running', counts: { active: 1 } });
    await verb(id, 'resume');
    expect((await swarmer.finished(id)).__phase).toBe('Failed');
    const { conditions, suspendedMs } = (await resource(id)).status;
    expect(conditions).toMatchObject([{ reason: 'DeadlineExceeded' }]);
    expect(suspendedMs).toBeGreaterThan(6000);
  });

  test('is told of every problem of a manifest, with its path', async () => {
    const body = {
      apiVersion: 'swarmer/v1',
      kind: 'Job',
      spec: {
        image,
        tasks: [{ name: '../x' }],
        paralellism: 2,
        backoffLimit: -1,
        timeoutSeconds: 1.5,
      },
    };
    const response = await swarmer.post('/v1/jobs', body);
    expect(response.status).toBe(400);
    const { errors } = (await response.json()) as { errors: { path: string; message: string }[] };
    expect(errors.map(({ path }) => path).sort()).toEqual([
      'spec.backoffLimit',
      'spec.paralellism',
      'spec.tasks[0].name',
      'spec.timeoutSeconds',
    ]);
    expect(errors.find(({ path }) => path === 'spec.paralellism')?.message).toContain(
      '"parallelism"',
    );
  });
});
