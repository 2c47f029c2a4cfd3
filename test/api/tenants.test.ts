import { ulid } from 'ulid';
import { beforeAll, describe, expect, test } from 'vitest';
import { CRON_JOB } from '../../internal/httpapi/openapi/operations/examples.ts';
import { spokenAccess } from '../../internal/httpapi/testing/fake-access.ts';
import { SseClient } from '../support/sse-client.ts';
import { manifest, useApi } from './harness.ts';

const api = useApi({ access: spokenAccess });
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const CALLBACK = { callback: { url: 'http://127.0.0.1:1/x' } };
const ALL = 'admin:*';

/** Uids of what each namespace has. */
const jobs: Record<string, string> = {};

beforeAll(async () => {
  for (const namespace of ['a', 'b', 'c']) {
    const { body } = await api()
      .api.post(`/v1/namespaces/${namespace}/jobs`)
      .set(bearer(ALL))
      .send(manifest('one', { ...CALLBACK, tasks: [{ name: 't' }] }))
      .expect(201);
    jobs[namespace] = body.metadata.uid;
    await api()
      .api.post(`/v1/namespaces/${namespace}/cronjobs`)
      .set(bearer(ALL))
      .send({ ...CRON_JOB, metadata: { name: 'nightly' } })
      .expect(201);
    await finish(body.metadata.uid);
  }
});

/** Ends a job as the controller would. */
async function finish(uid: string): Promise<void> {
  const { stores, fence } = api();
  const ending = { phase: 'Cancelled', reason: 'CancelRequested', message: 'x' } as const;
  await stores.controller.endJob(fence, uid, ending);
  await stores.controller.completeJob(fence, uid, 1);
}

function get(path: string, token: string) {
  return api().api.get(path).set(bearer(token));
}

async function namespaces(path: string, token: string): Promise<string[]> {
  const { body } = await get(path, token).expect(200);
  return body.items.map((it: { namespace?: string; metadata?: { namespace: string } }) => {
    return it.namespace ?? it.metadata?.namespace;
  });
}

describe('a token of some namespaces', () => {
  test.each([
    ['view:a', ['a']],
    ['view:c,a', ['a', 'c']],
    ['view:nowhere', []],
    ['view:*', ['a', 'b', 'c']],
  ])('lists what is theirs: %s', async (token, expected) => {
    for (const path of ['/v1/jobs', '/v1/cronjobs', '/v1/callbacks']) {
      expect([path, (await namespaces(path, token)).sort()]).toEqual([path, expected]);
    }
  });

  test('lists them page by page, and is told no uid of others', async () => {
    const first = await get('/v1/jobs?limit=1', 'view:a,c').expect(200);
    expect(first.body.metadata.continue).toBe(jobs['a']);
    const next = await get(`/v1/jobs?limit=1&continue=${jobs['a']}`, 'view:a,c').expect(200);
    expect(next.body.items[0].metadata.uid).toBe(jobs['c']);
  });

  test.each(['', '/tasks', '/events', '/callback', '/logs?task=t', '/logs?follow=true'])(
    'is not told of another job by its uid or name: %s',
    async (what) => {
      for (const path of [`/v1/jobs/${jobs['b']}`, '/v1/namespaces/b/jobs/one']) {
        await get(path + what, 'edit:a').expect(404);
        await get(path + what, 'edit:b').expect(200);
      }
    },
  );

  test('is told of none of another namespace as of one that is not there', async () => {
    const [other, none] = [`/v1/jobs/${jobs['b']}`, `/v1/jobs/${ulid()}`];
    for (const what of ['', '/tasks', '/callback', '/logs?task=t', '/events?watch=true']) {
      const there = await get(`${other}${what}`, 'edit:a');
      const absent = await get(`${none}${what}`, 'edit:a');
      expect([there.status, there.body]).toEqual([absent.status, absent.body]);
    }
  });

  test('changes nothing of others, by uid, by name, or by a manifest', async () => {
    const send = (method: 'post' | 'put' | 'delete', path: string, body?: object) => {
      const request = api().api[method](path).set(bearer('edit:a'));
      return body === undefined ? request : request.send(body);
    };
    const before = await get(`/v1/jobs/${jobs['b']}`, ALL);
    const refused = [
      await send('post', `/v1/jobs/${jobs['b']}/retry`),
      await send('post', `/submit/${jobs['b']}/tasks`, {
        tasks: [{ task_name: 'x', task_args: [] }],
      }),
      await send('delete', `/v1/jobs/${jobs['b']}`),
      await send('put', '/v1/namespaces/b/jobs/one', manifest('one')),
      await send('post', '/v1/namespaces/b/jobs', manifest('two')),
      await send('post', '/v1/namespaces/b/cronjobs/nightly/trigger'),
      await send('delete', '/v1/namespaces/b/cronjobs/nightly'),
    ];
    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 404));
    const named = manifest('two', {}, { namespace: 'b' });
    expect((await send('post', '/v1/namespaces/a/jobs', named)).status).toBe(400);
    expect((await get(`/v1/jobs/${jobs['b']}`, ALL)).body).toEqual(before.body);
    expect(await namespaces('/v1/jobs', ALL)).toHaveLength(3);
  });

  test('watches only what is theirs, and comes past the changes of others', async () => {
    const version = await api().stores.catalog.version();
    for (const namespace of ['b', 'b', 'a']) {
      const generated = { ...manifest('x'), metadata: { generateName: 'w-' } };
      const path = `/v1/namespaces/${namespace}/jobs`;
      await api().api.post(path).set(bearer(ALL)).send(generated).expect(201);
    }
    const path = `/v1/jobs?watch=true&resourceVersion=${version}`;
    const client = new SseClient(api().url + path, bearer('view:a'));
    const events = await client.until(({ event }) => event === 'ADDED');
    const seen = events.map(({ data }) => data.object as { metadata?: { namespace: string } });
    expect(seen.map(({ metadata }) => metadata?.namespace)).toEqual(['a']);
  });
});
