import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../clock/fake-clock.ts';
import { DockerEngine } from './docker-engine.ts';
import { serviceSpec } from './service-spec.ts';

const base = 'http://engine.test:2375';
const target = { protocol: 'http', host: 'engine.test', port: 2375 } as const;
const clock = new FakeClock();
const engine = new DockerEngine({ target, instance: 'default', clock, timeoutMs: 1000 });
const spec = serviceSpec({
  owner: { instance: 'default', storeId: '01STORE' },
  id: { jobUid: '01JGFJJZ000000000000000000', index: 0, attempt: 1 },
  job: { image: 'alpine:3', backoffLimit: 0, lossLimit: 10, outputLimitBytes: 1000 },
  task: { name: 'one', args: [] },
});

beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

/** A real engine cannot be told to do these things. */
describe('DockerEngine with an engine in trouble', () => {
  it.each([
    ['an error', 500, { message: 'rpc error: code = Unknown' }, /rpc error/],
    ['no list', 200, { message: 'surprise' }, /no list/],
    ['an empty body', 200, '', /no list/],
    ['not a manager', 503, { message: 'This node is not a swarm manager.' }, /not a swarm manager/],
  ])(
    'a list answered with %s is a failed look, never an empty one',
    async (_, status, body, text) => {
      nock(base).get('/tasks').query(true).reply(status, body);
      await expect(engine.listTasks()).rejects.toMatchObject({
        code: 'Unavailable',
        message: expect.stringMatching(text),
      });
    },
  );

  it.each([
    ['the engine itself', { message: 'task t1 not found' }, undefined],
    ['something between', { message: 'page not found' }, 'Unavailable'],
  ])('a task is absent when %s says so: no other 404 counts', async (_, body, code) => {
    nock(base).get('/tasks/t1').reply(404, body);
    const look = engine.findTask('t1');
    if (code === undefined) expect(await look).toBeUndefined();
    else await expect(look).rejects.toMatchObject({ code });
  });

  it.each([
    ['an error', 500, { message: 'service t1 not found' }],
    ['no service', 200, {}],
    ['an empty body', 200, ''],
  ])('a service that is asked for and answered with %s is not absent', async (_, status, body) => {
    nock(base).get('/services/t1').reply(status, body);
    await expect(engine.findService('t1')).rejects.toMatchObject({ code: 'Unavailable' });
  });

  it('a call that is not answered fails when its time is up', async () => {
    nock(base).get('/tasks').query(true).delay(60_000).reply(200, []);
    const look = engine.listTasks();
    clock.advance(1000);
    await expect(look).rejects.toMatchObject({ code: 'Unavailable' });
    nock.abortPendingRequests();
  });

  it('speaks the version that both know from when it has asked, also with one that came back', async () => {
    const fresh = new DockerEngine({ target, instance: 'default', clock });
    const offers = (version: string) =>
      nock(base).get('/_ping').reply(200, 'OK', { 'api-version': version });
    offers('1.60');
    nock(base).get('/v1.51/info').reply(200, { ServerVersion: '30.1' });
    await fresh.info();
    const words = 'client version 1.51 is too new. Maximum supported API version is 1.41';
    nock(base).get('/v1.51/tasks').query(true).reply(400, { message: words });
    await expect(fresh.listTasks()).rejects.toMatchObject({ code: 'Unavailable' });
    offers('1.41');
    nock(base).get('/v1.41/info').reply(200, { ServerVersion: '20.10' });
    await fresh.info();
    nock(base).get('/v1.41/tasks').query(true).reply(200, []);
    expect(await fresh.listTasks()).toEqual([]);
    nock(base).delete('/v1.41/services/gone').reply(404, { message: 'service gone not found' });
    await fresh.removeService('gone');
  });

  it('asks for tasks of its own instance only', async () => {
    const filters = JSON.stringify({ label: ['swarmer.instance=default'] });
    nock(base).get('/tasks').query({ filters }).reply(200, []);
    expect(await engine.listTasks()).toEqual([]);
  });

  it.each([
    [400, 'invalid reference format', 'Invalid'],
    [404, 'network nowhere not found', 'Invalid'],
    [500, 'grpc: received message larger than max', 'Invalid'],
    [500, 'rpc error: code = DeadlineExceeded', 'Unavailable'],
    [503, 'the swarm does not have a leader', 'Unavailable'],
  ])('a create refused with %i %s is %s', async (status, message, code) => {
    nock(base).post('/services/create').reply(status, { message });
    await expect(engine.createService(spec)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  it('adopts a service of the same name whose labels are the attempt', async () => {
    nock(base).post('/services/create').reply(409, { message: 'name conflicts' });
    const found = { ID: 'known', Spec: { Name: spec.Name, Labels: { ...spec.Labels, more: '1' } } };
    nock(base).get('/services').reply(200, [found]);
    expect(await engine.createService(spec)).toEqual({ id: 'known', adopted: true });
  });

  it('never takes a service of the same name that is of somebody else', async () => {
    nock(base).post('/services/create').reply(409, { message: 'name conflicts' });
    const foreign = { ID: 'foreign', Spec: { Name: spec.Name.toUpperCase(), Labels: {} } };
    nock(base).get('/services').reply(200, [foreign]);
    await expect(engine.createService(spec)).rejects.toMatchObject({ code: 'NameConflict' });
  });

  it('says nothing of a name that was taken and is free a moment later', async () => {
    nock(base).post('/services/create').reply(409, { message: 'name conflicts' });
    nock(base).get('/services').reply(200, []);
    await expect(engine.createService(spec)).rejects.toMatchObject({ code: 'Unavailable' });
  });

  it('does not take the empty log of an engine that keeps none for an empty output', async () => {
    nock(base).get('/tasks/t/logs').query(true).reply(200, '');
    nock(base).get('/info').times(2).reply(200, { LoggingDriver: 'none' });
    nock(base).get('/networks/bridge').reply(404, { message: 'network bridge not found' });
    nock(base).get('/tasks/t').reply(200, { ID: 't' });
    nock(base).get('/nodes').reply(200, []);
    const { summary } = await engine.taskLogs('t', 1000);
    expect(summary.log).toMatchObject({
      state: 'unavailable',
      reason: expect.stringMatching(/none/),
    });
  });

  it('does not take the empty log that a restarted engine answers with for an empty output', async () => {
    const ended = { State: 'complete', Timestamp: '2026-01-01T00:00:00Z' };
    nock(base).get('/tasks/t/logs').query(true).reply(200, '');
    nock(base)
      .get('/info')
      .times(2)
      .reply(200, { LoggingDriver: 'json-file', Swarm: { NodeID: 'n' } });
    const started = { Created: '2026-01-01T00:00:02Z' };
    nock(base)
      .get('/networks/bridge')
      .reply(200, { Id: 'b', ...started });
    nock(base)
      .get('/tasks/t')
      .reply(200, { ID: 't', NodeID: 'n', Version: { Index: 20 }, Status: ended });
    nock(base)
      .get('/nodes')
      .reply(200, [{ ID: 'n', Version: { Index: 30 }, UpdatedAt: '2026-01-01T00:00:03Z' }]);
    const { summary } = await engine.taskLogs('t', 1000);
    expect(summary.log).toMatchObject({
      state: 'unavailable',
      reason: expect.stringContaining('started anew'),
    });
  });

  it('remembers of a node what it was seen to change before', async () => {
    const nodes = (...changes: [string, number][]) => {
      nock(base).get('/info').reply(200, {});
      nock(base).get('/networks/bridge').reply(404, { message: 'network bridge not found' });
      const list = changes.map(([ID, Index]) => {
        return { ID, Version: { Index }, UpdatedAt: `2026-01-01T00:00:${Index}Z` };
      });
      nock(base).get('/nodes').reply(200, list);
      return engine.listNodes();
    };
    await nodes(['seen-a', 10], ['seen-b', 11]);
    const [a, b] = await nodes(['seen-a', 20], ['seen-b', 11]);
    const updatedAt = Date.UTC(2026, 0, 1, 0, 0, 10);
    expect(a?.earlier).toEqual([{ version: 10, updatedAt }]);
    expect(b).not.toHaveProperty('earlier');
  });

  it('sends no header without a login, and with one nothing else in it', async () => {
    const headers: (string | undefined)[] = [];
    nock(base)
      .post('/services/create')
      .times(2)
      .reply(function () {
        headers.push([this.req.headers['x-registry-auth']].flat()[0]);
        return [201, { ID: 's' }];
      });
    // '???>' and '~~~' are those that base64 and base64url write in their own ways.
    const auth = { username: '???>', password: '~~~', serveraddress: 'registry:5000' };
    await engine.createService(spec);
    await engine.createService(spec, auth);
    const [none, sent = ''] = headers;
    expect(none).toBeUndefined();
    expect(sent).toMatch(/^[A-Za-z0-9_-]+=*$/);
    expect(JSON.parse(Buffer.from(sent, 'base64url').toString())).toEqual(auth);
  });

  it('asks for the digest of an image with the login, and takes a refusal for an answer', async () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const path = '/distribution/registry:5000/team/app:1/json';
    nock(base, { reqheaders: { 'x-registry-auth': /./ } })
      .get(path)
      .reply(200, { Descriptor: { digest } });
    nock(base).get(path).reply(401, { message: 'unauthorized: authentication required' });
    const [image, auth] = ['registry:5000/team/app:1', { serveraddress: 'registry:5000' }] as const;
    expect(await engine.askRegistry(image, auth)).toEqual({ kind: 'found', digest });
    expect(await engine.askRegistry(image)).toMatchObject({ kind: 'denied' });
  });

  it('waits for a registry no longer than 5 s', async () => {
    nock(base).get('/distribution/hole/json').delay(60_000).reply(200, {});
    const asking = engine.askRegistry('hole');
    clock.advance(5000);
    expect(await asking).toMatchObject({ kind: 'silent' });
    nock.abortPendingRequests();
  });

  it('a change or a log that is not answered fails when its time is up', async () => {
    nock(base).delete('/services/slow').delay(60_000).reply(200);
    nock(base).get('/tasks/slow/logs').query(true).delay(60_000).reply(200, '');
    const calls = [engine.removeService('slow'), engine.taskLogs('slow', 1000)];
    const ends = Promise.allSettled(calls);
    clock.advance(1000);
    for (const end of await ends) {
      expect(end).toMatchObject({ status: 'rejected', reason: { code: 'Unavailable' } });
    }
    nock.abortPendingRequests();
  });

  it('a creation that is answered with no JSON is not known to have happened', async () => {
    nock(base).post('/services/create').reply(201, 'surprise');
    await expect(engine.createService(spec)).rejects.toMatchObject({ code: 'Unavailable' });
  });

  it('asks for both streams of a log, and for the service by its id', async () => {
    nock(base).get('/tasks/a%2Fb/logs?stdout=1&stderr=1').reply(404, { message: 'no such task' });
    await expect(engine.taskLogs('a/b', 1000)).rejects.toMatchObject({ status: 404 });
    nock(base).delete('/services/a%2Fb').reply(404, { message: 'no such service' });
    await engine.removeService('a/b');
  });

  it('takes the removal of a service that is not there for success, and no other failure', async () => {
    nock(base).delete('/services/gone').reply(404, { message: 'service gone not found' });
    await engine.removeService('gone');
    nock(base).delete('/services/stuck').reply(500, { message: 'rpc error' });
    await expect(engine.removeService('stuck')).rejects.toMatchObject({ code: 'Unavailable' });
  });
});
