import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis as Client } from 'ioredis';
import { ulid } from 'ulid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aclFile, connectRedis, type Fence, openStores } from '../../internal/store/index.ts';
import { injectLab } from '../lab/inject.ts';
import type { Redis as Server } from '../lab/redis.ts';
import { waitFor } from '../lab/wait.ts';
import { finishAtOnce } from '../support/finish-at-once.ts';
import { FollowedLog } from '../support/followed-log.ts';
import { Receiver } from '../support/receiver.ts';
import { SseClient } from '../support/sse-client.ts';
import { Swarmer } from '../support/swarmer.ts';
import { codeOf, finalOf, first, SPEC, silent, TestStore, tasksOf } from './harness.ts';

/** A Redis with the users of `swarmer redis-acl`, and one for the test itself. */
const lab = injectLab();
const image = await lab.ensureImage('busybox');
const PASSWORDS = { api: 'of the api', controller: 'of the controller' };
let server: Server;
let admin: Client;

beforeAll(async () => {
  const file = join(lab.dir, 'users.acl');
  const mine = 'user admin on >admin allkeys allchannels allcommands\n';
  writeFileSync(file, aclFile('swarmer:', PASSWORDS) + mine);
  server = await lab.startRedis({ appendfsync: 'no', args: ['--aclfile', file] });
  admin = new Client({ path: server.socketPath, username: 'admin', password: 'admin' });
});

afterAll(async () => {
  admin.disconnect();
  await server.stop();
});

test('what was written under these users is there after a restart of Redis', async () => {
  const file = join(lab.dir, 'users-restart.acl');
  writeFileSync(file, aclFile('swarmer:', PASSWORDS));
  const own = await lab.startRedis({ appendfsync: 'always', args: ['--aclfile', file] });
  const target = { kind: 'unix', path: own.socketPath } as const;
  const as = (role: Role) => ({
    ...target,
    username: `swarmer-${role}`,
    password: PASSWORDS[role],
  });
  const redis = connectRedis(as('controller'), silent);
  await redis.connect();
  const store = new TestStore(redis, 'swarmer:');
  await store.lead();
  await store.submit(['a']);
  const active = await store.controller.activeJobs();
  expect(active).toHaveLength(1);
  await own.stop();
  await own.start();
  const back = () => store.controller.activeJobs();
  expect(await waitFor(back, { what: 'Redis to be back' })).toEqual(active);
  expect(await store.lease.readLease()).toMatchObject({ holder: 'me', token: 1 });
  redis.disconnect();
  await own.stop();
});

type Role = keyof typeof PASSWORDS;
type Entry = Record<string, unknown>;

/** What was refused to a user since the last look, in words. */
async function denials(role: Role): Promise<string[]> {
  const entries = (await admin.acl('LOG')) as unknown[][];
  await admin.acl('LOG', 'RESET');
  const read = entries.map((pairs) => {
    const entry: Entry = {};
    for (let i = 0; i + 1 < pairs.length; i += 2) entry[String(pairs[i])] = pairs[i + 1];
    return entry;
  });
  return read
    .filter(({ username }) => username === `swarmer-${role}`)
    .map(({ reason, object, context }) => `${reason} ${object} (${context})`);
}

describe('under its user, each role', () => {
  let api: Swarmer;
  let controller: Swarmer;
  let receiver: Receiver;

  beforeAll(async () => {
    receiver = await Receiver.start();
    const env = (role: Role) => ({
      SWARMER_INSTANCE: 'acl',
      REDIS_URL: `redis+unix://${server.socketPath}`,
      REDIS_USERNAME: `swarmer-${role}`,
      REDIS_PASSWORD: PASSWORDS[role],
    });
    api = await new Swarmer(lab, { role: 'api', env: env('api') }).start();
    const reports = { RUNNER_PORT: String(api.port) };
    const mine = { ...env('controller'), ...reports };
    controller = await new Swarmer(lab, { role: 'controller', env: mine }).start();
  });

  afterAll(async () => {
    await Promise.all([api.end(), controller.end()]);
    await receiver.stop();
  });

  const ok = async (path: string, method = 'GET', body?: object) => {
    const headers = { 'content-type': 'application/json' };
    const init = body === undefined ? {} : { headers, body: JSON.stringify(body) };
    const response = await api.request(path, { method, ...init });
    const text = await response.text();
    expect(response.status, `${method} ${path}: ${text}`).toBeLessThan(300);
    return (text === '' ? {} : JSON.parse(text)) as Entry & { items: Entry[] };
  };
  const script = (name: string, text: string) => ({ name, args: ['sh', '-c', text] });
  const manifest = (kind: string, name: string, spec: object) => ({
    ...{ apiVersion: 'swarmer/v1', kind, metadata: { name }, spec },
  });

  test('does all that it does: jobs, reports, logs, retries, callbacks, cron jobs, removal', async () => {
    const watching = new SseClient(`${api.url}/v1/jobs?watch=true`);
    const finish = watching.until(({ data }) => data.object.status?.phase === 'Failed');
    const callback = { url: receiver.url('/acl') };
    const says = '{"task_name":"says","task_status":0,"task_result":{"stdout":"a","stderr":""}}';
    const header = '--header "content-type: application/json"';
    const id = await api.create({
      ...{ image, callback, backoffLimit: 1, retryBackoff: { baseMs: 10, maxMs: 20 } },
      tasks: [
        script('fails', 'echo $SWARMER_ATTEMPT; exit 3'),
        script('says', `wget -q -O- ${header} --post-data '${says}' $SWARMER_ADDRESS`),
        script('held', 'echo early; until [ -e /go ]; do sleep 0.1; done'),
      ],
    });
    const log = new FollowedLog(api, id, 'held');
    await log.shows('early\n');
    await ok(`/v1/jobs/${id}/logs?task=held`);
    await ok(`/submit/${id}/tasks`, 'POST', { tasks: [{ task_name: 'b', task_args: ['true'] }] });
    await ok(`/v1/jobs/${id}/suspend`, 'POST', {});
    await ok(`/v1/jobs/${id}/resume`, 'POST', {});
    const filters = { label: [`swarmer.job=${id}`, 'swarmer.index=2'] };
    const [held] = await lab.docker.listContainers({ filters });
    const exec = await lab.docker.getContainer(held?.Id ?? '').exec({ Cmd: ['touch', '/go'] });
    await exec.start({ Detach: true });
    await log.end();
    const { body } = await receiver.delivery('/acl');
    expect(body.tasks.map(({ status, result }) => [status, result.stdout])).toEqual([
      ...[
        [3, '2\n'],
        [0, 'a'],
        [0, 'early\n'],
        [0, ''],
      ],
    ]);
    await finish;
    await ok(`/v1/jobs/${id}/retry`, 'POST', {});
    await api.finished(id);
    // Asked for while the one of the retry is under way, it would be one and the same.
    const delivered = async () => (await ok(`/v1/jobs/${id}/callback`)).state === 'delivered';
    await waitFor(delivered, { what: 'the callback of the retry' });
    await ok(`/v1/jobs/${id}/redeliver`, 'POST', {});
    const reads = ['', '/callback', '/events', '/tasks', '/logs?task=fails', '?tasks=true'];
    reads.push('/tasks/fails', '/logs?task=fails&attempt=1');
    for (const path of reads) await ok(`/v1/jobs/${id}${path}`);
    for (const path of ['cluster', 'callbacks', 'jobs', 'cronjobs', 'foreign', 'quarantine']) {
      await ok(`/v1/${path}`);
    }

    const jobs = '/v1/namespaces/default/jobs';
    const held2 = { image, suspend: true, completions: 2, ttlSecondsAfterFinished: 0 };
    await ok(`${jobs}/named`, 'PUT', manifest('Job', 'named', held2));
    await ok(`${jobs}/named`, 'PUT', manifest('Job', 'named', { ...held2, parallelism: 1 }));
    await ok(`${jobs}/named`, 'DELETE');
    // One that is suspended ends with tasks that were never started: all but the retried one are parked.
    const fails = { image, args: ['false'], backoffLimit: 0 };
    const early = await api.create({ ...fails, suspend: true, completions: 3 });
    await ok(`/v1/jobs/${early}/cancel`, 'POST', {});
    for (const tasks of [['1'], ['1', '2']]) {
      await api.finished(early);
      await ok(`/v1/jobs/${early}/retry`, 'POST', { tasks });
    }
    await ok(`/v1/jobs/${early}`, 'DELETE');
    const crons = '/v1/namespaces/default/cronjobs';
    const schedule = { schedule: '0 0 1 1 *', jobTemplate: { spec: { image, args: ['true'] } } };
    await ok(`${crons}/yearly`, 'PUT', manifest('CronJob', 'yearly', schedule));
    await ok(`${crons}/yearly/trigger`, 'POST', {});
    await ok(`${crons}/yearly/suspend`, 'POST', {});
    for (const path of ['', '/events']) await ok(`${crons}/yearly${path}`);
    await ok(`${crons}/yearly`, 'DELETE');
    await waitFor(() => receiver.at('/acl').length >= 3, { what: 'the callback once more' });
    await ok(`/v1/jobs/${id}`, 'DELETE');
    const gone = async () => (await ok('/v1/jobs')).items.length === 0;
    await waitFor(gone, { what: 'the jobs to be removed', timeoutMs: 20_000 });
    expect(await denials('api')).toEqual([]);
    expect(await denials('controller')).toEqual([]);
  });
});

describe('the user of the API', () => {
  const stores = new Map<Role, TestStore>();

  beforeAll(async () => {
    for (const role of ['api', 'controller'] as const) {
      const login = { username: `swarmer-${role}`, password: PASSWORDS[role] };
      const redis = connectRedis({ kind: 'unix', path: server.socketPath, ...login }, silent);
      await redis.connect();
      stores.set(role, new TestStore(redis, 'swarmer:'));
    }
  });

  afterAll(() => {
    for (const { redis } of stores.values()) redis.disconnect();
  });

  function storeOf(role: Role): TestStore {
    const store = stores.get(role);
    if (store === undefined) throw new Error(`no connection as ${role}`);
    return store;
  }

  /** All keys with what they hold. */
  async function contents(): Promise<Record<string, string>> {
    const keys = (await admin.keys('swarmer:*')).sort();
    const dumps = await Promise.all(keys.map((key) => admin.dumpBuffer(key)));
    return Object.fromEntries(keys.map((key, i) => [key, String(dumps[i]?.toString('hex'))]));
  }

  /** Every write of a controller that is fenced, as one that knows the right fence. */
  function transitions(store: TestStore, fence: Fence, uid: string, record: never) {
    const { controller: c, lease, outbox } = store;
    const change = { from: record, to: record };
    const output = { ...change, stdout: Buffer.from('x'), stderr: Buffer.from('x') };
    return {
      claim: () => c.claimTasks(fence, uid, { limit: 1, maxConcurrent: 9, now: 1 }),
      advance: () => c.advanceAttempt(fence, uid, 0, change),
      verdict: () => c.recordVerdict(fence, uid, 0, change),
      output: () => c.storeOutput(fence, uid, 0, output),
      settle: () => c.settleAttempt(fence, uid, 0, { from: record, settlement: finalOf(record) }),
      start: () => c.startJob(fence, uid, 1),
      end: () =>
        c.endJob(fence, uid, { phase: 'Failed', reason: 'Deadline', message: '' } as never),
      complete: () => c.completeJob(fence, uid, 1),
      expire: () => c.expireJob(fence, uid, 1),
      quarantine: () => c.quarantineJob(fence, uid, 'x'),
      cluster: () => c.publishCluster(fence, { nodes: [], maxConcurrentTasks: 1, updatedAt: 1 }),
      inventory: () => c.publishInventory(fence, { names: {}, takenAt: 1 }),
      identity: () => c.takeIdentity(fence, 'other'),
      foreign: () => c.noteForeign(fence, new Map()),
      delivery: () =>
        outbox.recordDelivery(fence, uid, {
          kind: 'delivered',
          at: 1,
          status: 200,
          tookMs: 1,
        } as never),
      'reading the lease': () => lease.readLease(),
      'taking the lease': () =>
        lease.acquireLease('api', { holder: 'me', token: fence.token, beat: 0 }),
      'renewing the lease': () => lease.renewLease('me', fence),
      'releasing the lease': () => lease.releaseLease('me', fence),
    };
  }

  test('is refused in every transition of a controller, and nothing has changed then', async () => {
    const [api, controller] = [storeOf('api'), storeOf('controller')];
    const uid = ulid();
    await api.jobs.submitJob({ uid, spec: SPEC, tasks: [{ name: 'a', args: [] }] });
    const fence = await controller.lead();
    const { record } = first(await controller.claim(fence, uid, 1));
    const before = await contents();
    for (const [name, call] of Object.entries(transitions(api, fence, uid, record as never))) {
      expect([name, await codeOf(call())]).toEqual([name, 'Unavailable']);
    }
    expect(await contents()).toEqual(before);
    await controller.settle(fence, uid, { index: 0, record }, finalOf(record));
    expect(await controller.controller.completeJob(fence, uid, 1)).toBe(true);
    expect((await api.jobs.getJob(uid))?.status.phase).toBe('Complete');
    await admin.acl('LOG', 'RESET');
  });

  test('accepts a large job, adds to it and lets it run again', async () => {
    const api = storeOf('api');
    const uid = ulid();
    const some = (what: string) => tasksOf(Array.from({ length: 1200 }, (_, i) => what + i));
    await api.jobs.submitJob({ uid, spec: SPEC, tasks: some('a') });
    await api.jobs.addTasks(uid, some('b'));
    expect(await codeOf(api.jobs.addTasks(uid, [...some('c'), ...some('b')]))).toBe(
      'DuplicateTask',
    );
    await finishAtOnce({ redis: admin, keys: api.keys }, uid, 2400, () => 'failed');
    expect(await api.jobs.retryFailed(uid)).toBe(2400);
    expect(await denials('api')).toEqual([]);
  });

  test('decides what an operator decides: jobs set aside, services of other stores', async () => {
    const [api, controller] = [storeOf('api'), storeOf('controller')];
    const { operator } = openStores(api.redis, api.clock, 'swarmer:');
    const uid = ulid();
    await api.jobs.submitJob({ uid, spec: SPEC, tasks: [{ name: 'a', args: [] }] });
    const fence = await controller.lead();
    await controller.controller.quarantineJob(fence, uid, 'odd');
    expect(await operator.quarantined()).toEqual([{ uid, message: 'odd' }]);
    await operator.releaseJob(uid);
    await controller.controller.noteForeign(fence, new Map([['other', 1]]));
    await operator.decideForeign('other', 'purge');
    expect(await controller.controller.foreignDecisions()).toEqual(new Map([['other', 'purge']]));
    const done = await controller.controller.noteForeign(fence, new Map());
    expect(done).toEqual(new Map([['other', 'purge']]));
    expect([await denials('api'), await denials('controller')]).toEqual([[], []]);
  });

  test.each<[string, (...args: string[]) => string[]]>([
    ['an attempt', (job) => ['hset', `${job}:live`, '0', '{}']],
    ['a result', (job) => ['hset', `${job}:results`, '0', '{}']],
    ['the slots', () => ['set', 'swarmer:slots', '0']],
    ['the lease', () => ['hset', 'swarmer:lease', 'token', '9']],
    ['the identity', () => ['hset', 'swarmer:meta', 'storeId', 'x']],
    ['a delivery', (job) => ['xadd', `${job}:deliveries`, '*', 'kind', 'delivered']],
    ['a key of somebody else', () => ['hset', 'other:job', 'a', 'b']],
    ['everything', () => ['flushall']],
    ['the keys that there are', () => ['keys', '*']],
    ['users', () => ['acl', 'setuser', 'swarmer-api', 'allkeys']],
  ])('cannot write %s by a command of its own, nor from a script', async (_, command) => {
    const { redis } = storeOf('api');
    const [name = '', ...args] = command(`swarmer:job:${ulid()}`);
    await expect(redis.call(name, ...args)).rejects.toThrow(/NOPERM/);
    const keys = args.slice(0, 1);
    const call = `return redis.call('${name}', unpack(ARGV))`;
    await expect(redis.eval(call, keys.length, ...keys, ...args)).rejects.toThrow(
      /NOPERM|ACL failure|not allowed from script|script can't/i,
    );
  });
});
