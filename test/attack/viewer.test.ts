import { beforeAll, describe, expect, test } from 'vitest';
import { CRON_JOB } from '../../internal/httpapi/openapi/operations/examples.ts';
import { spokenAccess } from '../../internal/httpapi/testing/fake-access.ts';
import { manifest, useApi } from '../api/harness.ts';
import { PlayedJob } from '../support/played-job.ts';
import { SseClient, type StreamEvent } from '../support/sse-client.ts';

/** S11: what a token that may only look is shown of what others have put into their jobs. */

const SECRET = 'hunter2-of-the-tenant';
const api = useApi({ access: spokenAccess });
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const OWNER = 'edit:a';
const VIEWER = 'view:a';
const SPEC = {
  env: { PASSWORD: SECRET, EMPTY: '' },
  tasks: [{ name: 't', env: { TOKEN: SECRET } }],
  callback: { url: `http://user:${SECRET}@127.0.0.1:1/hook?key=${SECRET}` },
  logDriver: { name: 'json-file', options: { tag: SECRET } },
};
const CRON = {
  ...CRON_JOB,
  metadata: { name: 'nightly' },
  spec: { ...CRON_JOB.spec, jobTemplate: { spec: { image: 'busybox', ...SPEC } } },
};
let uid: string;

beforeAll(async () => {
  const job = manifest('one', SPEC);
  const made = await api().api.post('/v1/namespaces/a/jobs').set(bearer(OWNER)).send(job);
  expect([made.status, made.body.errors]).toEqual([201, undefined]);
  uid = made.body.metadata.uid;
  await api().api.post('/v1/namespaces/a/cronjobs').set(bearer(OWNER)).send(CRON).expect(201);
  const { stores, fence } = api();
  await new PlayedJob(stores.controller, fence, uid).finish();
});

const PATHS = [
  ...['/v1/jobs', '/v1/namespaces/a/jobs', '/v1/namespaces/a/jobs/one?tasks=true'],
  ...['/v1/cronjobs', '/v1/namespaces/a/cronjobs/nightly', '/v1/callbacks'],
];

describe('who may only look', () => {
  test.each([
    ...PATHS,
    ...['?tasks=true', '/tasks', '/tasks/0', '/callback', '/events'].map(
      (it) => `/v1/jobs/:id${it}`,
    ),
    '/status/:id',
  ])('is shown no value that may be a secret by %s, and its owner is', async (template) => {
    const path = template.replace(':id', uid);
    const read = async (token: string) =>
      JSON.stringify((await api().api.get(path).set(bearer(token)).expect(200)).body);
    expect(await read(VIEWER)).not.toContain(SECRET);
    const [seen, owned] = [await read('view:*'), await read(OWNER)];
    expect(seen).not.toContain(SECRET);
    if (seen !== owned) expect(owned).toContain(SECRET);
  });

  test('sees which values there are, and all else as it is', async () => {
    const read = async (token: string) => {
      const { body } = await api().api.get(`/v1/jobs/${uid}?tasks=true`).set(bearer(token));
      return body;
    };
    const [seen, owned] = [await read(VIEWER), await read(OWNER)];
    expect(seen.spec).toMatchObject({
      env: { PASSWORD: '***', EMPTY: '***' },
      tasks: [{ name: 't', env: { TOKEN: '***' } }],
      callback: { url: 'http://***@127.0.0.1:1/hook?***' },
      logDriver: { name: 'json-file', options: { tag: '***' } },
    });
    expect({ ...seen, spec: 0 }).toEqual({ ...owned, spec: 0 });
    expect(owned.spec).toMatchObject(SPEC);
  });

  test.each([
    ['jobs', 'two', manifest('two', { ...SPEC, tasks: [{ name: 't' }], suspend: true })],
    ['cronjobs', 'other', { ...CRON, metadata: { name: 'other' } }],
  ])(
    'is shown none by a watch of %s either, whoever watches beside',
    async (kind, name, object) => {
      const path = `/v1/namespaces/a/${kind}/${name}`;
      await api().api.put(path).set(bearer(OWNER)).send(object).expect(201);
      const isTouched = ({ data }: StreamEvent) => JSON.stringify(data).includes('touched');
      const watch = (token: string) => {
        const url = `${api().url}/v1/${kind}?watch=true`;
        const client = new SseClient(url, bearer(token));
        return { client, events: client.until(isTouched) };
      };
      const watches = [OWNER, VIEWER].map(watch);
      await Promise.all(
        watches.map(({ client }) => client.first(({ event }) => event === 'BOOKMARK')),
      );
      const touched = { ...object, metadata: { name, labels: { touched: 'yes' } } };
      await api().api.put(path).set(bearer(OWNER)).send(touched).expect(200);
      const [owned = [], seen = []] = await Promise.all(watches.map(({ events }) => events));
      expect(JSON.stringify(seen)).not.toContain(SECRET);
      expect(JSON.stringify(owned.at(-1))).toContain(SECRET);
    },
  );
});
