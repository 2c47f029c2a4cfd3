import { describe, expect, test } from 'vitest';
import { manifest, useApi } from './harness.ts';

const api = useApi();

async function create(namespace: string, name: string, metadata: object = {}, spec: object = {}) {
  const { body } = await api()
    .api.post(`/v1/namespaces/${namespace}/jobs`)
    .send(manifest(name, spec, metadata))
    .expect(201);
  return body;
}

async function names(path: string): Promise<string[]> {
  const { body } = await api().api.get(path).expect(200);
  return body.items.map((job: { metadata: { name: string } }) => job.metadata.name);
}

describe('jobs by name', () => {
  test('a name is unique in its namespace, and free in another', async () => {
    await create('a', 'one');
    await create('b', 'one');
    const { status, body } = await api().api.post('/v1/namespaces/a/jobs').send(manifest('one'));
    expect([status, body.detail]).toEqual([409, expect.stringContaining('generateName')]);
  });

  test('the beginning of a name gives a new one each time', async () => {
    const made = await Promise.all(
      [1, 2].map(() =>
        api()
          .api.post('/v1/namespaces/a/jobs')
          .send({ ...manifest('x'), metadata: { generateName: 'run-' } })
          .expect(201),
      ),
    );
    const [first, second] = made.map(({ body }) => body.metadata.name);
    expect(first).toMatch(/^run-[0-9a-z]{6}$/);
    expect(second).not.toBe(first);
  });

  test('a job is found by its name and by its uid, the same', async () => {
    const { metadata } = await create('a', 'found', { labels: { app: 'x' } });
    const byName = await api().api.get('/v1/namespaces/a/jobs/found').expect(200);
    const byUid = await api().api.get(`/v1/jobs/${metadata.uid}`).expect(200);
    expect(byUid.body).toEqual(byName.body);
    expect(byName.headers['etag']).toBe(`"${byName.body.metadata.resourceVersion}"`);
    expect(byName.body.metadata).toMatchObject({ namespace: 'a', labels: { app: 'x' } });
    await api().api.get('/v1/namespaces/a/jobs/lost').expect(404);
    await api().api.get('/v1/namespaces/a/jobs/No_Name').expect(400);
  });

  test('its tasks are shown in its spec where that is asked for, and one by one', async () => {
    const tasks = [
      { name: 'one', args: ['1'] },
      { name: 'two', env: { A: 'b' } },
    ];
    await create('a', 'listed', {}, { tasks, args: ['all'] });
    const { body } = await api().api.get('/v1/namespaces/a/jobs/listed?tasks=true');
    expect(body.spec.tasks).toEqual([
      { name: 'one', args: ['1'] },
      { name: 'two', args: ['all'], env: { A: 'b' } },
    ]);
    const page = await api().api.get('/v1/namespaces/a/jobs/listed/tasks?limit=1');
    expect(page.body.items).toEqual([
      expect.objectContaining({ index: 0, name: 'one', phase: 'Pending', exitStatus: null }),
    ]);
    const rest = await api().api.get(
      `/v1/namespaces/a/jobs/listed/tasks?continue=${page.body.metadata.continue}`,
    );
    expect(rest.body.items.map(({ name }: { name: string }) => name)).toEqual(['two']);
    expect(rest.body.metadata).toEqual({});
  });

  test('completions become tasks, with the index filled in', async () => {
    const spec = { completions: 3, args: ['--shard=$(INDEX)/$(COMPLETIONS)', '$$(INDEX)'] };
    const { metadata } = await create('a', 'indexed', {}, spec);
    const tasks = await api().stores.jobs.readTasks(metadata.uid, 0, 10);
    expect(tasks.map(({ spec }) => [spec.name, ...spec.args])).toEqual([
      ['0', '--shard=0/3', '$(INDEX)'],
      ['1', '--shard=1/3', '$(INDEX)'],
      ['2', '--shard=2/3', '$(INDEX)'],
    ]);
  });
});

describe('lists', () => {
  test('are in order of creation, by page, and each job is on one page', async () => {
    const all = Array.from({ length: 7 }, (_, i) => `p${i}`);
    for (const name of all) await create('pages', name);
    const seen: string[] = [];
    let next = '';
    do {
      const { body } = await api().api.get(`/v1/namespaces/pages/jobs?limit=3&continue=${next}`);
      seen.push(...body.items.map((job: { metadata: { name: string } }) => job.metadata.name));
      next = body.metadata.continue ?? '';
    } while (next !== '');
    expect(seen).toEqual(all);
  });

  test('are chosen from by labels and fields', async () => {
    await create('sel', 'web', { labels: { app: 'web', tier: 'front' } });
    await create('sel', 'db', { labels: { app: 'db' } });
    await create('sel', 'bare');
    const select = (query: string) => names(`/v1/namespaces/sel/jobs?${query}`);
    expect(await select('labelSelector=app=web')).toEqual(['web']);
    expect(await select('labelSelector=app!=web')).toEqual(['db', 'bare']);
    expect(await select('labelSelector=app in (web, db),!tier')).toEqual(['db']);
    expect(await select('labelSelector=app notin (db)')).toEqual(['web', 'bare']);
    expect(await select('labelSelector=app')).toEqual(['web', 'db']);
    expect(await select('fieldSelector=metadata.name=db,status.phase=Running')).toEqual(['db']);
    expect(await select('fieldSelector=status.phase!=Running')).toEqual([]);
    await api().api.get('/v1/jobs?labelSelector=a=b=c').expect(400);
    await api().api.get('/v1/jobs?fieldSelector=spec.image=x').expect(400);
  });

  test('a removed job is in none, and its name is free', async () => {
    const { metadata } = await create('gone', 'one');
    await api().api.delete('/v1/namespaces/gone/jobs/one').expect(202);
    const second = await create('gone', 'one');
    expect(second.metadata.uid).not.toBe(metadata.uid);
    const { stores, fence } = api();
    const ending = { phase: 'Cancelled', reason: 'CancelRequested', message: 'x' } as const;
    await stores.controller.endJob(fence, metadata.uid, ending);
    await stores.controller.completeJob(fence, metadata.uid, 1);
    await stores.controller.expireJob(fence, metadata.uid, 1);
    expect(await names('/v1/namespaces/gone/jobs')).toEqual(['one']);
    const { body } = await api().api.get('/v1/namespaces/gone/jobs/one').expect(200);
    expect(body.metadata.uid).toBe(second.metadata.uid);
  });
});
