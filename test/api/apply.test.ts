import { describe, expect, test } from 'vitest';
import { manifest, useApi } from './harness.ts';

const api = useApi();
const path = (name: string) => `/v1/namespaces/default/jobs/${name}`;

async function apply(name: string, spec: object = {}, metadata: object = {}, query = '') {
  return api()
    .api.put(path(name) + query)
    .send(manifest(name, spec, metadata));
}

describe('applying a job', () => {
  test('creates it, then says unchanged and writes nothing', async () => {
    const first = await apply('twice', { tasks: [{ name: 'one' }] });
    expect([first.status, first.body.result]).toEqual([201, 'created']);
    const before = await api().stores.catalog.version();
    const again = await apply('twice', { tasks: [{ name: 'one' }] });
    expect([again.status, again.body.result, again.body.changes]).toEqual([200, 'unchanged', []]);
    expect(again.body.object.metadata).toEqual(first.body.object.metadata);
    expect(await api().stores.catalog.version()).toBe(before);
  });

  test('changes what may change while it runs', async () => {
    await apply('busy', { parallelism: 1 });
    const { body } = await apply('busy', { parallelism: 4, suspend: true });
    expect(body.result).toBe('configured');
    expect(body.changes).toEqual([
      { path: 'spec.parallelism', from: 1, to: 4 },
      { path: 'spec.suspend', to: true },
    ]);
    expect((await api().api.get(path('busy'))).body.spec).toMatchObject({
      parallelism: 4,
      suspend: true,
    });
  });

  test('takes back what is given no longer, and leaves what others have set', async () => {
    await apply('back', { parallelism: 3, backoffLimit: 3 }, { labels: { a: '1', b: '2' } });
    await api()
      .api.post(`${path('back')}/suspend`)
      .expect(200);
    const { body } = await apply('back', { backoffLimit: 3 }, { labels: { b: '2' } });
    expect(body.result).toBe('configured');
    expect(body.object.spec).not.toHaveProperty('parallelism');
    expect(body.object.spec.suspend).toBe(true);
    expect(body.object.metadata.labels).toEqual({ b: '2' });
  });

  test('refuses what the tasks run with, each field with the way out, and stores nothing', async () => {
    await apply('fixed', { image: 'busybox', args: ['a'] });
    const version = await api().stores.catalog.version();
    const refused = await apply('fixed', { image: 'alpine', args: ['b'], parallelism: 2 });
    expect(refused.status).toBe(422);
    expect(refused.body.errors).toEqual([
      { path: 'spec.image', message: expect.stringMatching(/--replace.*generateName/) },
      { path: 'spec.args', message: expect.stringContaining('cannot be changed') },
    ]);
    expect(await api().stores.catalog.version()).toBe(version);
  });

  test('replaces it by another one of its name where that is asked for', async () => {
    const old = (await apply('new', { image: 'busybox' })).body.object.metadata.uid;
    const { body } = await apply('new', { image: 'alpine' }, {}, '?replace=true');
    expect(body.result).toBe('replaced');
    expect(body.object.metadata.uid).not.toBe(old);
    expect((await api().api.get(path('new'))).body.spec.image).toBe('alpine');
    expect((await api().api.get(`/v1/jobs/${old}`)).body.metadata).toHaveProperty(
      'deletionTimestamp',
    );
  });

  test('appends tasks, and refuses to change or take away those there are', async () => {
    const tasks = (...names: string[]) => ({ tasks: names.map((name) => ({ name })) });
    await apply('more', tasks('a', 'b'));
    const more = await apply('more', tasks('a', 'b', 'c'));
    expect(more.body.changes).toEqual([{ path: 'spec.tasks[2]', to: ['c'] }]);
    expect(more.body.object.status.counts.total).toBe(3);
    const fewer = await apply('more', tasks('a'));
    expect(fewer.body.errors).toEqual([
      { path: 'spec.tasks', message: expect.stringContaining('cannot become fewer') },
    ]);
    const other = await apply('more', tasks('a', 'x', 'c'));
    expect(other.body.errors).toEqual([
      { path: 'spec.tasks[1]', message: expect.stringContaining('only be added') },
    ]);
  });

  test('a wish that comes between reading and writing is not undone', async () => {
    const { body } = await apply('wish', { parallelism: 1 });
    const { uid } = body.object.metadata;
    const { jobs, catalog } = api().stores;
    const read = await jobs.getJob(uid);
    const { edits, applied } = await catalog.lastApplied(uid);
    if (read === undefined || applied === undefined) throw new Error('the job is gone');
    await api()
      .api.post(`${path('wish')}/suspend`)
      .expect(200);
    const { namespace, name } = read.metadata;
    const change = { edits, applied, meta: { namespace, name }, tasks: [] };
    await jobs.applyJob(uid, { ...change, spec: { ...read.spec, parallelism: 2 } });
    expect((await jobs.getJob(uid))?.spec).toMatchObject({ parallelism: 2, suspend: true });
  });

  test('as a dry run shows what would be, and writes nothing', async () => {
    const version = await api().stores.catalog.version();
    const created = await apply('dry', { tasks: [{ name: 'one' }] }, {}, '?dryRun=All');
    expect([created.status, created.body.result]).toEqual([200, 'created']);
    expect(created.body.object.spec.tasks).toEqual([{ name: 'one', args: [] }]);
    expect(await api().stores.catalog.version()).toBe(version);
    await api().api.get(path('dry')).expect(404);
  });

  test('with If-Match holds only for the version that was read', async () => {
    const { body } = await apply('match', { parallelism: 1 });
    const version = body.object.metadata.resourceVersion;
    const put = (to: number) =>
      api()
        .api.put(path('match'))
        .set('If-Match', `"${version}"`)
        .send(manifest('match', { parallelism: to }));
    expect((await put(2)).status).toBe(200);
    expect((await put(3)).status).toBe(412);
  });

  test('a name in the path that is not the one of the manifest is refused', async () => {
    const { body, status } = await api().api.put(path('one')).send(manifest('two'));
    expect(status).toBe(400);
    expect(body.errors[0].path).toBe('metadata.name');
  });

  test('many at once create one job', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => apply('race')));
    const results = answers.map(({ body }) => body.result).sort();
    expect(results).toEqual(['created', ...Array(7).fill('unchanged')]);
  });
});
