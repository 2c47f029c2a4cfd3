import { ulid } from 'ulid';
import { describe, expect, it } from 'vitest';
import { ROLES } from '../../access/index.ts';
import { userRoutes } from '../apps.ts';
import { operations } from '../openapi/operations/index.ts';
import { spokenAccess } from '../testing/fake-access.ts';
import { type Harness, harness } from '../testing/harness.ts';
import type { CallerRoute, Route } from './route.ts';

const OPEN = ['/docs', '/healthz', '/openapi.json', '/readyz', '/v1/version'];

const all = userRoutes(harness().options);
const guarded = all.filter((route): route is CallerRoute => typeof route.access !== 'string');
const title = ({ method, path }: Route) => `${method} ${path}`;
const table = guarded.map((route) => [title(route), route] as const);

/** Sends to a route as the bearer of a token that says what it may do. */
async function send({ api }: Harness, token: string, route: Route, values: Values = {}) {
  const { id = ulid(), namespace = 'a', name = 'one' } = values;
  const path = route.path
    .replace(':id', id)
    .replace(':namespace', namespace)
    .replace(':name', name);
  const body = exampleOf(route);
  const request = api[route.method](path).set('Authorization', `Bearer ${token}`);
  return body === undefined ? request : request.send(body);
}
type Values = Partial<Record<'id' | 'namespace' | 'name', string>>;

function exampleOf({ method, path }: Route): object | undefined {
  const at = path.replace(/:(\w+)/g, '{$1}');
  const operation = operations.find((it) => it.method === method && it.path === at);
  return operation?.body?.example as object | undefined;
}

/** A server with tokens that say what they may do, and a job in the namespace `b`. */
async function withJob() {
  const made = harness({ access: spokenAccess });
  const id = ulid();
  const spec = { image: 'x', backoffLimit: 0, lossLimit: 0, outputLimitBytes: 8 };
  const tasks = [{ name: 'one', args: [] }];
  await made.store.submitJob({ uid: id, meta: { namespace: 'b', name: 'one' }, spec, tasks });
  return { made, id };
}

describe('the route table', () => {
  it('leaves open what tells nothing of users, and no more', () => {
    const open = all.filter(({ access }) => access === 'open');
    expect(open.map(({ path }) => path).sort()).toEqual(OPEN);
    const attempts = all.filter(({ access }) => access === 'attempt');
    expect(attempts.map(title)).toEqual(['post /result/:id']);
  });

  it.each(table)('says what %s is about as its path does', (_title, { path, access }) => {
    const { concern } = access;
    if (path.includes(':namespace')) expect(concern).toBe('namespace');
    else if (/^[/](v1[/]jobs|status|submit)[/]:id/.test(path)) expect(concern).toBe('job');
    else if (path.includes(':')) expect(concern).toBe('cluster');
    else expect(['own', 'cluster']).toContain(concern);
  });

  it.each(table)('names the verb of %s when it writes, and only then', (_title, route) => {
    expect(route.access.verb === undefined).toBe(route.method === 'get');
    if (route.method !== 'get') expect(route.access.role).not.toBe('view');
  });
});

describe('a role', () => {
  it.each(table)(
    'that does not suffice for %s is answered with the one that does',
    async (...of) => {
      const [, route] = of;
      const { role } = route.access;
      const { made, id } = await withJob();
      for (const lesser of ROLES.slice(0, ROLES.indexOf(role))) {
        const { status, body } = await send(made, `${lesser}:*`, route, { id, namespace: 'b' });
        expect([lesser, status]).toEqual([lesser, 403]);
        expect(body.detail).toContain(`"${role}"`);
      }
      expect(made.store.changes).toBe(1);
    },
  );

  it.each(table)('that suffices for %s is let through', async (_title, route) => {
    const { role } = route.access;
    for (const enough of ROLES.slice(ROLES.indexOf(role))) {
      const { made, id } = await withJob();
      const { status } = await send(made, `${enough}:*`, route, { id, namespace: 'b' });
      expect([401, 403]).not.toContain(status);
    }
  });
});

describe('a token of another namespace', () => {
  const ofObjects = table.filter(([, { access }]) => access.concern !== 'own');

  it.each(ofObjects)('is not told by %s that anything is there', async (_title, route) => {
    for (const role of ROLES.slice(0, 3)) {
      const { made, id } = await withJob();
      const { status, body } = await send(made, `${role}:a,c`, route, { id, namespace: 'b' });
      const absent = await send(made, `${role}:a,c`, route, { namespace: 'nowhere' });
      expect([role, status]).toEqual([role, route.access.concern === 'cluster' ? 403 : 404]);
      expect(body.detail).toBe(absent.body.detail.replace('nowhere', 'b'));
      expect(made.store.changes).toBe(1);
    }
  });

  it('sees the same job once it is bound to its namespace too', async () => {
    const { made, id } = await withJob();
    const read = (token: string) =>
      made.api.get(`/v1/jobs/${id}`).set('Authorization', `Bearer ${token}`);
    await read('view:a').expect(404);
    await read('view:a,b').expect(200);
    await read('view:*').expect(200);
  });
});

describe('a submission that names no namespace', () => {
  const JOB = { image_name: 'alpine', callback_url: null };
  const submit = async (token: string) => {
    const { api, store } = harness({ access: spokenAccess });
    const { status, body } = await api
      .post('/submit')
      .set('Authorization', `Bearer ${token}`)
      .send(JOB);
    return [status, status === 201 ? (await store.getJob(body.id))?.metadata.namespace : ''];
  };

  it.each([
    ['submit:a', [201, 'a']],
    ['submit:*', [201, 'default']],
    ['submit:a,default', [201, 'default']],
    ['submit:a,b', [403, '']],
  ])('goes for the token %s where it belongs', async (token, expected) => {
    expect(await submit(token)).toEqual(expected);
  });

  it('is refused when it does name one, and another than it is sent to', async () => {
    const { api, store } = harness({ access: spokenAccess });
    const job = { apiVersion: 'swarmer/v1', kind: 'Job', spec: { image: 'x' } };
    const send = (namespace: string) =>
      api
        .post('/v1/jobs')
        .set('Authorization', 'Bearer submit:a')
        .send({ ...job, metadata: { namespace } });
    expect((await send('b')).body.errors[0].path).toBe('metadata.namespace');
    expect(store.size).toBe(0);
    await send('a').expect(201);
  });
});
