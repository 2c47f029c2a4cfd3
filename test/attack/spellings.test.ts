import { beforeAll, describe, expect, test } from 'vitest';
import { CRON_JOB } from '../../internal/httpapi/openapi/operations/examples.ts';
import { manifest, useApi } from '../api/harness.ts';

/** S11: names that mean something else than who wrote them thinks. */

const api = useApi();
const JOBS = '/v1/namespaces/a/jobs';

beforeAll(async () => {
  const labels = { app: 'report' };
  await api()
    .api.post(JOBS)
    .send(manifest('one', {}, { labels }))
    .expect(201);
  const cron = { ...CRON_JOB, metadata: { name: 'nightly', labels } };
  await api().api.post('/v1/namespaces/a/cronjobs').send(cron).expect(201);
});

describe('a selector by what every object has', () => {
  const NAMES = ['constructor', 'toString', 'hasOwnProperty', 'valueOf', 'isPrototypeOf'];
  const cases = NAMES.flatMap((name) => [
    [name, 0],
    [`!${name}`, 1],
    [`${name}=x`, 0],
    [`${name}!=x`, 1],
    [`${name} in (x,)`, 0],
    [`${name} notin (x,)`, 1],
    [`app=report,${name}`, 0],
  ]);
  test.each(cases)('is one by a label that there is not: %s: %i', async (selector, count) => {
    for (const path of ['/v1/jobs', JOBS, '/v1/cronjobs']) {
      const query = new URLSearchParams({ labelSelector: String(selector) });
      const { body } = await api().api.get(`${path}?${query}`).expect(200);
      expect([path, body.items.length]).toEqual([path, count]);
    }
  });

  test.each(NAMES)('is none by fields: %s', async (name) => {
    await api().api.get(`/v1/jobs?fieldSelector=${name}=x`).expect(400);
  });
});

describe('a label by such a name', () => {
  test('is set, changed and taken away as any other', async () => {
    const put = async (labels: object, status: number) => {
      const made = manifest('odd', { suspend: true }, { labels });
      const { body } = await api().api.put(`${JOBS}/odd`).send(made).expect(status);
      return body;
    };
    await put({ toString: 'a', app: 'x' }, 201);
    const changed = await put({ toString: 'b', app: 'x' }, 200);
    expect(changed.changes).toContainEqual({
      path: 'metadata.labels.toString',
      from: 'a',
      to: 'b',
    });
    const removed = await put({ app: 'x' }, 200);
    expect(removed.changes).toContainEqual({ path: 'metadata.labels.toString', from: 'b' });
    expect(removed.object.metadata.labels).toEqual({ app: 'x' });
  });
});

describe('a dry run that is spelt otherwise', () => {
  test.each(['dryrun=All', 'DryRun=All', 'dry_run=All', 'dryRun=all', 'dryRun=true', 'dryRun='])(
    'is refused, and nothing is made: %s',
    async (query) => {
      const before = await api().stores.catalog.listJobs({ after: '', limit: 100 });
      const json = manifest('dry');
      await api().api.post(`${JOBS}?${query}`).send(json).expect(400);
      await api().api.put(`${JOBS}/dry?${query}`).send(json).expect(400);
      await api().api.delete(`${JOBS}/one?${query}`).expect(400);
      const body = { image_name: 'busybox', callback_url: null };
      await api().api.post(`/submit?${query}`).send(body).expect(400);
      expect(await api().stores.catalog.listJobs({ after: '', limit: 100 })).toEqual(before);
    },
  );
});
