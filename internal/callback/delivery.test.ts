import { Webhook } from 'standardwebhooks';
import { beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock/clock.ts';
import { FakeClock } from '../clock/fake-clock.ts';
import { StoreError } from '../store/errors.ts';
import type { TaskView } from '../store/ports.ts';
import { pageTasks } from '../wire/index.ts';
import { bodyText, endedTask, finishedJob, MemoryJob, UID } from '../wire/testing/jobs.ts';
import type { CallbackTraces } from './delivery.ts';
import type { Outcome } from './outcome.ts';
import { deliver, JOB, LARGE, SMALL } from './testing/deliver.ts';
import { Receiver } from './testing/receiver.ts';

/** What a receiver has to get, byte for byte. */
async function expectedBody(tasks: TaskView[]): Promise<Buffer> {
  return Buffer.from(await bodyText(JOB, pageTasks(new MemoryJob(JOB, tasks), UID)));
}

function expectRetry(outcome: Outcome, words: string): void {
  expect(outcome).toMatchObject({ kind: 'retry', error: expect.stringContaining(words) });
}

/** A trace whose deliveries are named by number, host and time. */
const traces: CallbackTraces = {
  delivery: (_job, { attempt, host, at }) => ({
    traceparent: `${attempt} ${host} ${at}`,
    ended() {},
  }),
};

describe('a callback of a job that belongs to a trace', () => {
  it('carries it on, and its outcome has it, whether there was an answer or not', async () => {
    const receiver = await Receiver.withStatuses(200);
    const clock = new FakeClock();
    const outcome = await deliver(receiver.url, { clock, traces });
    const sent = `1 ${new URL(receiver.url).host} ${clock.now()}`;
    expect(receiver.requests[0]?.headers['traceparent']).toBe(sent);
    expect(outcome.trace?.traceparent).toBe(sent);
    const refused = await deliver('http://10.0.0.1/', { clock, traces });
    expect(refused).toMatchObject({ kind: 'retry', trace: { traceparent: expect.any(String) } });
  });
});

describe('a callback', () => {
  it.each([
    ['small', SMALL],
    ['large', LARGE],
  ])('with a %s body is POSTed as wire renders it', async (_, tasks) => {
    const receiver = await Receiver.withStatuses(204);
    expect(await deliver(receiver.url, { tasks })).toMatchObject({
      kind: 'delivered',
      status: 204,
    });
    const [request] = receiver.requests;
    const body = await expectedBody(tasks);
    expect(request?.body.equals(body)).toBe(true);
    expect(request).toMatchObject({ method: 'POST', path: '/done' });
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(body.length),
      'user-agent': 'swarmer/1',
      'webhook-id': `msg_${UID}`,
    });
    expect(request?.headers).not.toHaveProperty('webhook-signature');
    expect(request?.headers).not.toHaveProperty('traceparent');
  });

  it.each([
    ['small', SMALL],
    ['large', LARGE],
  ])('has the same bytes and the same id when it is sent again: %s', async (_, tasks) => {
    const receiver = await Receiver.withStatuses(500, 200);
    const clock = new FakeClock();
    expect(await deliver(receiver.url, { tasks, clock })).toMatchObject({ kind: 'retry' });
    clock.advance(60_000);
    expect(await deliver(receiver.url, { tasks, clock })).toMatchObject({ kind: 'delivered' });
    const [first, second] = receiver.requests;
    expect(first?.body.equals(second?.body ?? Buffer.alloc(0))).toBe(true);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    const [one, two] = [first, second].map((sent) => Number(sent?.headers['webhook-timestamp']));
    expect((two ?? 0) - (one ?? 0)).toBe(60);
  });

  it.each([
    ['small', SMALL],
    ['large', LARGE],
  ])('is signed so that the library accepts it, with each secret: %s', async (_, tasks) => {
    const receiver = await Receiver.withStatuses(200);
    const secrets = ['one', 'two'].map((s) => `whsec_${Buffer.from(s).toString('base64')}`);
    await deliver(receiver.url, { tasks, secrets, clock: systemClock });
    const [request] = receiver.requests;
    for (const secret of secrets) {
      const verified = new Webhook(secret).verify(request?.body ?? '', request?.headers ?? {});
      expect(verified).toMatchObject({ __job_id: UID });
    }
  });

  it('is another message when failed tasks of its job have run again', async () => {
    const receiver = await Receiver.withStatuses(200);
    const again = { ...JOB, metadata: { ...JOB.metadata, generation: 2 } };
    const secret = `whsec_${Buffer.from('one').toString('base64')}`;
    const setup = {
      jobs: new MemoryJob(again, SMALL),
      secrets: [secret],
      clock: systemClock,
      generation: 2,
    };
    await deliver(receiver.url, setup);
    const [request] = receiver.requests;
    expect(request?.headers['webhook-id']).toBe(`msg_${UID}_2`);
    const verified = new Webhook(secret).verify(request?.body ?? '', request?.headers ?? {});
    expect(verified).toMatchObject({ __job_id: UID });
  });

  it('carries the credentials and the query of its URL', async () => {
    const receiver = await Receiver.withStatuses(200);
    const url = receiver.url.replace('//', '//us%40er:p%3Ass@');
    await deliver(`${url}?a=b%20c#fragment`);
    const [request] = receiver.requests;
    expect(request?.path).toBe('/done?a=b%20c');
    const basic = Buffer.from('us@er:p:ss').toString('base64');
    expect(request?.headers['authorization']).toBe(`Basic ${basic}`);
  });
});

describe('a job', () => {
  it.each([
    ['runs again', { ...JOB, status: { ...JOB.status, phase: 'Running' as const } }],
    ['has run again', { ...JOB, metadata: { ...JOB.metadata, generation: 2 } }],
  ])('that %s since its callback was put into the outbox sends nothing', async (_, job) => {
    const receiver = await Receiver.withStatuses(200);
    const outcome = await deliver(receiver.url, { jobs: new MemoryJob(job, SMALL) });
    expectRetry(outcome, 'run again');
    expect(receiver.requests).toEqual([]);
  });

  it('that is not in the store any more ends its callback', async () => {
    const other = new MemoryJob(finishedJob(undefined, 'OTHER'));
    expect(await deliver('http://a.test/', { jobs: other })).toMatchObject({ kind: 'dead' });
  });

  it.each(['', 'receiver', 'ftp://receiver/', 'file:///etc/passwd'])(
    'with the callback URL %j is given up',
    async (url) => {
      expect(await deliver(url)).toMatchObject({
        kind: 'dead',
        error: expect.stringMatching(/URL/),
      });
    },
  );

  it.each([
    ['a broken record', new StoreError('Corrupt', 'a job record cannot be read')],
    ['a record of another type', new Error('WRONGTYPE')],
  ])('with %s is tried again, and nothing is sent', async (_, error) => {
    const receiver = await Receiver.withStatuses(200);
    const jobs = new MemoryJob(JOB, SMALL);
    jobs.jobErrors.push(error);
    expectRetry(await deliver(receiver.url, { jobs }), error.message);
    expect(receiver.connections).toBe(0);
  });

  it('with a broken task is tried again, and nothing is sent', async () => {
    const receiver = await Receiver.withStatuses(200);
    const jobs = new MemoryJob(JOB, SMALL);
    jobs.taskError = { index: 0, error: new StoreError('Corrupt', 'a task record cannot be read') };
    expectRetry(await deliver(receiver.url, { jobs }), 'a task record cannot be read');
    expect(receiver.connections).toBe(0);
  });

  it('that came to another end while its body was read sends nothing of the first', async () => {
    const receiver = await Receiver.withStatuses(200);
    const jobs = new MemoryJob(JOB, SMALL);
    const again = { ...JOB, metadata: { ...JOB.metadata, generation: 2 } };
    const readTasks = jobs.readTasks.bind(jobs);
    jobs.readTasks = (...of) => {
      jobs.getJob = async () => again;
      return readTasks(...of);
    };
    expectRetry(await deliver(receiver.url, { jobs }), 'run again');
    expect(receiver.requests).toEqual([]);
  });

  it('that changes while it is sent never reaches the receiver whole', async () => {
    const receiver = await Receiver.withStatuses(200);
    const tasks = [...LARGE];
    const jobs = new MemoryJob(JOB, tasks);
    onSecondPass(jobs, () => {
      tasks[29] = endedTask(29, 'short');
    });
    expectRetry(await deliver(receiver.url, { jobs }), 'changed while it was being sent');
    expect(receiver.requests).toHaveLength(0);
  });
});

/** Calls `fn` when the tasks of `jobs` are about to be read a second time from the first on. */
function onSecondPass(jobs: MemoryJob, fn: () => void): void {
  const readTasks = jobs.readTasks.bind(jobs);
  jobs.readTasks = async (uid, from, limit) => {
    if (from === 0 && jobs.pages.length > 0) fn();
    return readTasks(uid, from, limit);
  };
}

describe('a store that is away is no failure of the receiver', () => {
  const away = new StoreError('Unavailable', 'Redis is away');

  it('when the job is read', async () => {
    const jobs = new MemoryJob(JOB, SMALL);
    jobs.jobErrors.push(away);
    await expect(deliver('http://a.test/', { jobs })).rejects.toBe(away);
  });

  it('when the body is measured, and nothing is sent', async () => {
    const receiver = await Receiver.withStatuses(200);
    const jobs = new MemoryJob(JOB, SMALL);
    jobs.taskError = { index: 0, error: away };
    await expect(deliver(receiver.url, { jobs })).rejects.toBe(away);
    expect(receiver.connections).toBe(0);
  });

  it('when the body is sent, and the receiver never gets it whole', async () => {
    const receiver = await Receiver.withStatuses(200);
    const jobs = new MemoryJob(JOB, LARGE);
    onSecondPass(jobs, () => {
      jobs.taskError = { index: 20, error: away };
    });
    await expect(deliver(receiver.url, { jobs })).rejects.toBe(away);
    expect(receiver.requests).toHaveLength(0);
  });
});

describe('a try that is cut off ends at once', () => {
  const reason = new Error('stop');
  let cut: AbortController;
  beforeEach(() => {
    cut = new AbortController();
  });

  it('before it has begun', async () => {
    const receiver = await Receiver.withStatuses(200);
    cut.abort(reason);
    const trying = deliver(receiver.url, { signal: cut.signal });
    await expect(trying).rejects.toBe(reason);
    expect(receiver.connections).toBe(0);
  });

  it('while the body is measured', async () => {
    const jobs = new MemoryJob(JOB, LARGE);
    const readTasks = jobs.readTasks.bind(jobs);
    jobs.readTasks = async (uid, from, limit) => {
      if (from > 0) cut.abort(reason);
      return readTasks(uid, from, limit);
    };
    const trying = deliver('http://a.test/', { jobs, signal: cut.signal });
    await expect(trying).rejects.toBe(reason);
    expect(jobs.pages.length).toBeLessThan(4);
  });

  it.each([
    ['small', SMALL],
    ['large', LARGE],
  ])('while the name is looked up, with a %s body', async (_, tasks) => {
    const resolve = () => cut.abort(reason);
    // Only the cut can end it: the connection has an hour to come about.
    const setup = { resolve, time: { connectMs: 3_600_000 }, signal: cut.signal };
    await expect(deliver('http://a.test/', { ...setup, tasks })).rejects.toBe(reason);
  });

  it('while the answer is awaited', async () => {
    const receiver = await Receiver.start(() => cut.abort(reason));
    await expect(deliver(receiver.url, { signal: cut.signal })).rejects.toBe(reason);
  });

  it('while the body is sent', async () => {
    const receiver = await Receiver.unread(() => cut.abort(reason));
    const trying = deliver(receiver.url, { tasks: LARGE, signal: cut.signal });
    await expect(trying).rejects.toBe(reason);
  });
});
