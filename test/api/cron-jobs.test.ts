import { describe, expect, test } from 'vitest';
import { SseClient } from '../support/sse-client.ts';
import { useApi } from './harness.ts';

const api = useApi();
const base = '/v1/namespaces/default/cronjobs';

function manifest(name: string, spec: object = {}) {
  return {
    apiVersion: 'swarmer/v1',
    kind: 'CronJob',
    metadata: { name },
    spec: { schedule: '*/5 * * * *', jobTemplate: { spec: { image: 'busybox' } }, ...spec },
  };
}

const put = (name: string, spec: object = {}, query = '') =>
  api().api.put(`${base}/${name}${query}`).send(manifest(name, spec));

describe('cron jobs', () => {
  test('are created, left unchanged, and configured by apply', async () => {
    const created = await put('nightly', { timeZone: 'Europe/Berlin' });
    expect([created.status, created.body.result]).toEqual([201, 'created']);
    expect(created.body.object.spec).toMatchObject({
      ...{ timeZone: 'Europe/Berlin', concurrencyPolicy: 'Allow' },
      jobTemplate: { spec: { image: 'busybox', completions: 1, backoffLimit: 3 } },
    });
    expect(created.body.object.status.nextScheduleTime).toMatch(/:\d[05]:00\.000Z$/);
    const version = await api().stores.catalog.version();
    const again = await put('nightly', { timeZone: 'Europe/Berlin' });
    expect(again.body.result).toBe('unchanged');
    expect(await api().stores.catalog.version()).toBe(version);
    const changed = await put('nightly', { concurrencyPolicy: 'Forbid' });
    expect(changed.body.changes).toEqual([
      { path: 'spec.timeZone', from: 'Europe/Berlin', to: 'UTC' },
      { path: 'spec.concurrencyPolicy', from: 'Allow', to: 'Forbid' },
    ]);
    expect((await api().api.get(`${base}/nightly`)).body.spec.timeZone).toBe('UTC');
  });

  test('are refused with every problem, and nothing is stored', async () => {
    const { status, body } = await put('bad', {
      ...{ schedule: '61 * * * *', timeZone: 'Europe/Berlinn', jobTemplate: { spec: {} } },
    });
    expect(status).toBe(400);
    expect(body.errors).toEqual([
      { path: 'spec.schedule', message: expect.any(String) },
      { path: 'spec.timeZone', message: expect.stringContaining('did you mean "Europe/Berlin"') },
      { path: 'spec.jobTemplate.spec.image', message: expect.stringContaining('is required') },
    ]);
    await api().api.get(`${base}/bad`).expect(404);
  });

  test('are triggered, suspended and resumed, listed, watched and removed with their jobs', async () => {
    const from = await api().stores.catalog.version();
    await put('manual');
    const watch = new SseClient(`${api().url}/v1/cronjobs?watch=true&resourceVersion=${from}`);
    const events = watch.until(({ event }) => event === 'DELETED');
    const { body: job } = await api().api.post(`${base}/manual/trigger`).expect(201);
    expect(job.metadata.name).toMatch(/^manual-[0-9a-z]{6}$/);
    expect(job.metadata.ownerReference).toMatchObject({ kind: 'CronJob', name: 'manual' });
    const { body: cron } = await api().api.get(`${base}/manual`);
    expect(cron.status.active).toEqual([{ name: job.metadata.name, uid: job.metadata.uid }]);
    const held = await api().api.post(`${base}/manual/suspend`).expect(200);
    expect(held.body.spec.suspend).toBe(true);
    expect(held.body.status).not.toHaveProperty('nextScheduleTime');
    const resumed = await api().api.post(`${base}/manual/resume`).expect(200);
    expect(resumed.body.spec).not.toHaveProperty('suspend');
    const { body: list } = await api().api.get('/v1/cronjobs?fieldSelector=metadata.name=manual');
    expect(list.items).toHaveLength(1);
    await api().api.delete(`${base}/manual`).expect(202);
    await api().api.get(`${base}/manual`).expect(404);
    expect((await events).map(({ event }) => event)).toEqual([
      ...['ADDED', 'MODIFIED', 'MODIFIED', 'DELETED'],
    ]);
    const { removed } = await api().stores.crons.cronWork(0, 1);
    expect(removed.flatMap(({ jobs }) => jobs)).toContain(job.metadata.uid);
  });
});
