import supertest from 'supertest';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { spokenAccess } from '../testing/fake-access.ts';
import { type Harness, harness, startTask, storeJob } from '../testing/harness.ts';
import { addressKey, isLoopback } from './address-key.ts';
import { type RateLimitOptions, RateLimits } from './rate-limits.ts';

// The library keeps its seconds by the machine's clock.
beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

const ALL = { perCaller: 5, countLoopback: true, perIntruder: 3 };
const limited = (options: Partial<RateLimitOptions> = {}) =>
  harness({ access: spokenAccess, limits: new RateLimits({ ...ALL, ...options }) });

/** Statuses of `n` requests, one after the other. */
async function statuses({ api }: Harness, n: number, token?: string, path = '/v1/whoami') {
  const found: number[] = [];
  for (let i = 0; i < n; i++) {
    const request = api.get(path);
    if (token !== undefined) request.set('Authorization', `Bearer ${token}`);
    found.push((await request).status);
  }
  return found;
}

describe('a limit', () => {
  it('of one token is no other token’s, and ends with its second', async () => {
    const made = limited();
    expect(await statuses(made, 7, 'view:a')).toEqual([200, 200, 200, 200, 200, 429, 429]);
    expect(await statuses(made, 2, 'view:b')).toEqual([200, 200]);
    vi.advanceTimersByTime(1001);
    expect(await statuses(made, 1, 'view:a')).toEqual([200]);
  });

  it('tells when to come again', async () => {
    const made = limited({ perCaller: 1 });
    await statuses(made, 1, 'view:a');
    const { status, headers, body } = await made.api
      .get('/v1/jobs')
      .set('Authorization', 'Bearer view:a');
    expect([status, headers['retry-after']]).toEqual([429, '1']);
    expect(body.detail).toContain('More than 1 requests a second with your token');
  });

  it('is spent before a body is read', async () => {
    const made = limited({ perCaller: 1 });
    await statuses(made, 1, 'submit:a');
    const response = await made.api
      .post('/submit')
      .set('Authorization', 'Bearer submit:a')
      .send('no JSON');
    expect(response.status).toBe(429);
  });

  it('of wrong tokens keeps nobody from using a right one at the same address', async () => {
    const made = limited();
    expect(await statuses(made, 5, 'wrong')).toEqual([401, 401, 401, 429, 429]);
    expect(await statuses(made, 1)).toEqual([429]);
    expect(await statuses(made, 1, 'view:a')).toEqual([200]);
  });

  it('of an address counts what is open to anyone', async () => {
    const made = limited();
    expect((await statuses(made, 7, undefined, '/healthz')).slice(4)).toEqual([200, 429, 429]);
    expect(await statuses(made, 1, 'view:a')).toEqual([200]);
  });

  it('leaves loopback alone unless the operator counts it', async () => {
    const made = limited({ countLoopback: false });
    expect(new Set(await statuses(made, 20, 'view:a'))).toEqual(new Set([200]));
    expect(new Set(await statuses(made, 20, undefined, '/readyz'))).toEqual(new Set([200]));
  });

  it('of 0 is none', async () => {
    const made = limited({ perCaller: 0, perIntruder: 0 });
    expect(new Set(await statuses(made, 20, 'view:a'))).toEqual(new Set([200]));
    expect(new Set(await statuses(made, 20, 'wrong'))).toEqual(new Set([401]));
  });
});

describe('the report of an attempt', () => {
  const task_result = { stdout: '', stderr: '' };
  const report = (name: string) => ({ task_name: name, task_status: 0, task_result });

  it('is taken whatever users and other tasks of its address do', async () => {
    const made = limited({ perCaller: 1, perIntruder: 1 });
    const uid = await storeJob(made.store, ['one', 'two']);
    const [one, two] = [startTask(made.store, uid, 0), startTask(made.store, uid, 1)];
    await statuses(made, 3, undefined, '/healthz');
    await statuses(made, 3, 'wrong');
    await supertest(made.app).post(`${one}x`).expect(429);
    for (let i = 0; i < 10; i++)
      await supertest(made.app).post(one).send(report('one')).expect(204);
    await supertest(made.reportApp).post(one).send(report('one')).expect(429);
    await supertest(made.reportApp).post(two).send(report('two')).expect(204);
  });
});

describe('an address', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:DB8:1:2::1', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::1', '0:0:0:0'],
    ['', ''],
  ])('%s is counted under %s', (address, key) => {
    expect(addressKey(address)).toBe(key);
  });

  it('of this machine is known', () => {
    const all = ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '10.0.0.1', '::2', ''];
    expect(all.filter(isLoopback)).toEqual(all.slice(0, 4));
  });
});
