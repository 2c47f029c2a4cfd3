import type { Response, Test } from 'supertest';
import { describe, expect, test } from 'vitest';
import { CRON_JOB, JOB } from '../../internal/httpapi/openapi/operations/examples.ts';
import { Documented } from '../../internal/httpapi/openapi/testing/documented.ts';
import { SUCCEEDED } from '../store/harness.ts';
import { PlayedJob, STOPPED } from '../support/played-job.ts';
import { SseClient } from '../support/sse-client.ts';
import { useApi } from './harness.ts';

const api = useApi();
const documented = new Documented();
const JOBS = '/v1/namespaces/default/jobs';
const CRON_JOBS = '/v1/namespaces/default/cronjobs';
const OUTPUT = {
  stdout: { bytes: 0, truncated: false },
  stderr: { bytes: 0, truncated: false },
  log: { state: 'complete' },
} as const;

/** Sends a request, and holds the answer against the document. */
async function checked(sending: Test): Promise<Response> {
  const answer = await sending;
  const given = {
    method: sending.method.toLowerCase(),
    path: new URL(sending.url).pathname,
    status: answer.status,
    type: answer.headers['content-type'],
    body: answer.body,
  };
  expect(documented.problemsOf(given)).toEqual([]);
  return answer;
}

/** Reads events until one of that name, and holds each against the document. */
async function checkedEvents(path: string, last: string): Promise<string[]> {
  const client = new SseClient(api().url + path);
  const events = await client.until(({ event }) => event === last);
  for (const { event, data } of events) {
    expect(documented.problemsOfEvent('get', path, event, data)).toEqual([]);
  }
  return events.map(({ event }) => event);
}

/** Runs all tasks of a job, as the controller would. */
async function run(uid: string): Promise<void> {
  const { stores, fence } = api();
  const claim = { limit: 100, maxConcurrent: 1000, now: 1 };
  for (const { index, record } of await stores.controller.claimTasks(fence, uid, claim)) {
    const result = { verdict: SUCCEEDED, output: OUTPUT, attempts: 1, losses: 0 };
    const settlement = { kind: 'final', succeeded: true, result } as const;
    await stores.controller.settleAttempt(fence, uid, index, { from: record, settlement });
  }
  await stores.controller.completeJob(fence, uid, 1);
}

describe('an answer is as the document says', () => {
  test('to calls on jobs by name', async () => {
    const rest = api().api;
    const namespace = '/v1/namespaces/default/jobs?dryRun=All';
    await checked(rest.post(namespace).send(JOB));
    const spec = { ...JOB.spec, callback: { url: 'http://127.0.0.1:1/done' } };
    const made = await checked(rest.post(JOBS).send({ ...JOB, spec }));
    expect(made.status).toBe(201);
    await checked(rest.post(JOBS).send(JOB));
    await checked(rest.get(`${JOBS}/report?tasks=true`));
    for (const verb of ['suspend', 'resume', 'retry', 'redeliver']) {
      await checked(rest.post(`${JOBS}/report/${verb}`));
    }
    await checked(rest.get(`${JOBS}/report/callback`));
    await run(made.body.metadata.uid);
    for (const what of ['', '/tasks', '/events', '/callback', '/logs?task=north']) {
      expect((await checked(rest.get(`${JOBS}/report${what}`))).status).toBe(200);
    }
    await checked(rest.post(`${JOBS}/report/redeliver`));
    const { body } = await checked(rest.get('/v1/callbacks'));
    expect(body.items).toHaveLength(1);
    expect((await checked(rest.get(JOBS))).body.items).toHaveLength(1);
    await checked(rest.get('/v1/jobs?limit=1'));
    await checked(rest.get('/v1/jobs?limit=x'));
  });

  test('to a task with its attempts, of each kind, and to what they wrote', async () => {
    const rest = api().api;
    const spec = { image: 'busybox', tasks: [{ name: 'one' }] };
    const { body } = await rest.post(JOBS).send({ ...JOB, metadata: { name: 'tried' }, spec });
    const { uid } = body.metadata;
    const job = new PlayedJob(api().stores.controller, api().fence, uid);
    await job.fail('one');
    await checked(rest.get(`/status/${uid}`));
    await checked(rest.get(`${JOBS}/tried/tasks/one`));
    await api().redis.hset(`swarmer:job:${uid}`, 'attemptBytes', '99999999999');
    await job.fail('dropped');
    await job.fail('three');
    const record = await job.judge(await job.claimOne(), STOPPED);
    const active = await checked(rest.get(`${JOBS}/tried/tasks/one`));
    expect(active.body.attemptHistory).toMatchObject([
      { attempt: 1, phase: 'Failed', dropped: true },
      { attempt: 2, phase: 'Failed', dropped: true },
      { attempt: 3, phase: 'Failed', dropped: true },
      { attempt: 4, phase: 'Active' },
    ]);
    await job.settle(0, record, { kind: 'final', lastStands: true });
    await job.finish();
    const ended = await checked(rest.get(`${JOBS}/tried/tasks/one`));
    expect(ended.body).toMatchObject({ phase: 'Cancelled', attempts: 4, exitStatus: 3 });
    for (const [attempt, status] of [
      [1, 404],
      [3, 200],
      [4, 200],
      [5, 404],
    ] as const) {
      const answer = await checked(rest.get(`${JOBS}/tried/logs?attempt=${attempt}`));
      expect([attempt, answer.status]).toEqual([attempt, status]);
    }
    await checked(rest.get(`/status/${uid}`));
    await rest.delete(`${JOBS}/tried`);
  });

  test('to an apply, of each result', async () => {
    const rest = api().api;
    const put = (spec: object, query = '') => {
      const manifest = { ...JOB, metadata: { name: 'applied' }, spec: { ...JOB.spec, ...spec } };
      return checked(rest.put(`${JOBS}/applied${query}`).send(manifest));
    };
    const results = [
      await put({}, '?dryRun=All'),
      await put({}),
      await put({}),
      await put({ parallelism: 5, suspend: true }, '?dryRun=All'),
      await put({ parallelism: 5 }),
      await put({ image: 'busybox' }),
      await put({ image: 'busybox' }, '?dryRun=All&replace=true'),
    ];
    expect(results.map(({ status, body }) => [status, body.result])).toEqual([
      ...[
        [200, 'created'],
        [201, 'created'],
        [200, 'unchanged'],
        [200, 'configured'],
      ],
      ...[
        [200, 'configured'],
        [422, undefined],
        [200, 'replaced'],
      ],
    ]);
    const stale = rest.put(`${JOBS}/applied`).set('If-Match', '"1"');
    expect((await checked(stale.send({ ...JOB, metadata: { name: 'applied' } }))).status).toBe(412);
  });

  test('to watches of jobs and timelines, and to a log that is followed', async () => {
    const rest = api().api;
    const { body } = await rest.post(JOBS).send({ ...JOB, metadata: { name: 'watched' } });
    await run(body.metadata.uid);
    expect(await checkedEvents('/v1/jobs?watch=true', 'BOOKMARK')).toContain('ADDED');
    expect(await checkedEvents(`${JOBS}/watched/events?watch=true`, 'end')).toContain('event');
    const log = await checkedEvents(`${JOBS}/watched/logs?task=north&follow=true`, 'end');
    expect(log).toEqual(['attempt', 'end']);
    await api().redis.xtrim('swarmer:watch', 'MAXLEN', 1);
    await checked(rest.get('/v1/jobs?watch=true&resourceVersion=0'));
  });

  test('to a watch of a job that goes', async () => {
    const { body } = await api()
      .api.post(JOBS)
      .send({ ...JOB, metadata: { name: 'gone' } });
    const version = String(await api().stores.catalog.version());
    const path = `${JOBS}?watch=true&resourceVersion=${version}&fieldSelector=metadata.name%3Dgone`;
    const events = checkedEvents(path, 'DELETED');
    await checked(api().api.post(`${JOBS}/gone/cancel`));
    await checked(api().api.delete(`${JOBS}/gone`));
    const { controller } = api().stores;
    const { uid } = body.metadata;
    const ending = { phase: 'Cancelled', reason: 'CancelRequested', message: 'x' } as const;
    await controller.endJob(api().fence, uid, ending);
    await controller.completeJob(api().fence, uid, 1);
    await controller.expireJob(api().fence, uid, 1);
    expect((await events).filter((it) => it === 'MODIFIED').length).toBeGreaterThan(0);
  });

  test('to calls on cron jobs', async () => {
    const rest = api().api;
    await checked(rest.post(`${CRON_JOBS}?dryRun=All`).send(CRON_JOB));
    await checked(rest.post(CRON_JOBS).send(CRON_JOB));
    await checked(rest.post(CRON_JOBS).send(CRON_JOB));
    const labels = { app: 'x' };
    const spec = {
      ...CRON_JOB.spec,
      suspend: true,
      jobTemplate: { metadata: { labels }, spec: JOB.spec },
    };
    const changed = { ...CRON_JOB, metadata: { name: 'nightly', labels }, spec };
    await checked(rest.put(`${CRON_JOBS}/nightly?dryRun=All`).send(changed));
    await checked(rest.put(`${CRON_JOBS}/nightly`).send(changed));
    await checked(rest.put(`${CRON_JOBS}/other`).send({ ...changed, metadata: { name: 'other' } }));
    await checked(rest.post(`${CRON_JOBS}/nightly/suspend`));
    await checked(rest.post(`${CRON_JOBS}/nightly/resume`));
    await checked(rest.post(`${CRON_JOBS}/nightly/trigger`));
    const { body } = await checked(rest.get(`${CRON_JOBS}/nightly`));
    expect(body.status).toMatchObject({ active: [{}], nextScheduleTime: expect.any(String) });
    await checked(rest.get(`${CRON_JOBS}/nightly/events`));
    await checked(rest.get(CRON_JOBS));
    await checked(rest.get('/v1/cronjobs'));
    await checked(rest.get(`${CRON_JOBS}/nowhere`));
  });

  test('to a watch of cron jobs', async () => {
    expect(await checkedEvents('/v1/cronjobs?watch=true', 'BOOKMARK')).toContain('ADDED');
    const version = String(await api().stores.catalog.version());
    const events = checkedEvents(`${CRON_JOBS}?watch=true&resourceVersion=${version}`, 'DELETED');
    await checked(api().api.delete(`${CRON_JOBS}/other`));
    expect(await events).toContain('DELETED');
  });

  test('to every call on named objects: none was left out', () => {
    const all = Object.entries(documented.document.paths).flatMap(([path, methods]) =>
      Object.values(methods).map(({ operationId }) => ({ path, operationId })),
    );
    const named = all.filter(({ path }) => path.includes('{namespace}'));
    const missing = named.filter(({ operationId }) => !documented.checked.has(operationId));
    // A retry needs a task that has failed; unit tests check the answer under the job's uid.
    expect(missing.map(({ operationId }) => operationId)).toEqual(['retryJob']);
  });
});
