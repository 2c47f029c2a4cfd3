import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../clock/fake-clock.ts';
import { watched } from '../follow/testing/watched.ts';
import { FakeApi } from '../testing/fake-api.ts';
import { problem } from '../testing/http-fake.ts';
import { ago, job } from '../testing/objects.ts';
import { run, start } from '../testing/run.ts';

const JOBS = '/v1/namespaces/default/jobs';

describe('wait', () => {
  let api: FakeApi;
  beforeEach(async () => {
    api = await FakeApi.start();
  });
  afterEach(() => api.close());

  const ended = (name: string, phase: 'Complete' | 'Failed') =>
    job(name, {
      phase,
      status: {
        conditions: [
          {
            type: phase,
            status: 'True',
            reason: 'TasksFailed',
            message: '1 of 1 failed',
            lastTransitionTime: ago(1),
          },
        ],
      },
    });

  it('ends at once when it is so already', async () => {
    api.put(ended('a', 'Complete'));
    expect(await run(['wait', 'job/a'], { api })).toEqual({
      code: 0,
      stdout: 'job/a condition met\n',
      stderr: '',
    });
  });

  it('sees the end of each job as it comes', async () => {
    for (const name of ['a', 'b', 'other']) api.put(job(name));
    const waiting = start(['wait', 'a', 'b', '--for=finished'], { api });
    await watched(api);
    api.put(ended('other', 'Failed'));
    api.put(ended('b', 'Failed'));
    await waiting.stdout.until('job/b condition met\n');
    api.put(ended('a', 'Complete'));
    expect(await waiting.code).toBe(0);
    expect(waiting.stdout.text).toBe('job/b condition met\njob/a condition met\n');
  });

  it('exits with 3 and the reason when the job fails instead', async () => {
    api.put(job('a'));
    const waiting = start(['wait', 'a'], { api });
    await watched(api);
    api.put(ended('a', 'Failed'));
    expect(await waiting.code).toBe(3);
    expect(waiting.stderr.text).toBe('swarmerctl: job/a is Failed: TasksFailed: 1 of 1 failed\n');
  });

  it('exits with 5 for a job that there is not, or no longer', async () => {
    const missing = await run(['wait', 'a'], { api });
    expect(missing.code).toBe(5);
    expect(missing.stderr).toContain('job/a does not exist in namespace default');
    const object = api.put(job('a'));
    const waiting = start(['wait', 'a'], { api });
    await watched(api);
    api.remove(object);
    expect(await waiting.code).toBe(5);
    expect(waiting.stderr.text).toContain('job/a was deleted');
  });

  it('waits for the deletion', async () => {
    const object = api.put(ended('a', 'Failed'));
    const waiting = start(['wait', 'a', '--for', 'delete'], { api });
    await watched(api);
    api.remove(object);
    expect(await waiting.code).toBe(0);
    expect(waiting.stdout.text).toBe('job/a deleted\n');
  });

  it('is not led astray by a job of the same name that was made meanwhile', async () => {
    const object = api.put(job('a'));
    const waiting = start(['wait', 'a', '--for', 'delete'], { api });
    await watched(api);
    api.put(job('a', { uid: 'another' }));
    api.remove({ ...object, metadata: { ...object.metadata, uid: 'yet-another' } });
    waiting.interrupt();
    expect(await waiting.code).toBe(130);
    expect(waiting.stdout.text).toBe('');
  });

  it('looks at the job that has the name, not at the one that is being deleted', async () => {
    const old = job('a', { uid: 'old', phase: 'Cancelled' });
    const fresh = api.put(job('a', { uid: 'fresh' }));
    const { resourceVersion } = fresh.metadata;
    api.once('GET', JOBS, () => ({ body: { metadata: { resourceVersion }, items: [old, fresh] } }));
    const waiting = start(['wait', 'a'], { api });
    await watched(api);
    api.put(old);
    api.put({ ...ended('a', 'Complete'), metadata: fresh.metadata });
    expect(await waiting.code).toBe(0);
    expect(waiting.stdout.text).toBe('job/a condition met\n');
  });

  it('exits with 6 at the timeout and says how far it is', async () => {
    api.put(job('a', { counts: { total: 10, succeeded: 3, failed: 1 } }));
    const clock = new FakeClock();
    const waiting = start(['wait', 'a', '--timeout', '10s'], { api, clock });
    await watched(api);
    clock.advance(10_000);
    expect(await waiting.code).toBe(6);
    expect(waiting.stderr.text).toBe(
      'swarmerctl: timed out after 10 s\n  job/a is Running, 4 of 10 tasks done\n',
    );
  });

  it('reads the jobs anew when the server does not keep the changes since', async () => {
    api.put(job('a'));
    api.once('GET', JOBS, () => problem(410, 'version 1 is not kept any more'));
    const running = { metadata: { resourceVersion: '1' }, items: [job('a')] };
    api.once('GET', JOBS, () => ({ body: running }));
    const waiting = start(['wait', 'a'], { api });
    await watched(api);
    api.put(ended('a', 'Complete'));
    expect(await waiting.code).toBe(0);
    expect(api.requests).toHaveLength(4);
  });

  it('goes on where it was when the connection is lost', async () => {
    const { metadata } = api.put(job('a'));
    api.once('GET', JOBS, (_, stream) => {
      stream.cut();
      return undefined;
    });
    api.once('GET', JOBS, () => ({ body: { metadata, items: [job('a')] } }));
    const waiting = start(['wait', 'a'], { api });
    await watched(api);
    api.put(ended('a', 'Complete'));
    expect(await waiting.code).toBe(0);
  });

  it('refuses what cannot be waited for', async () => {
    const { code, stderr } = await run(['wait', 'a', '--for', 'done'], { api });
    expect(code).toBe(2);
    expect(stderr).toContain('--for must be one of complete, failed');
  });
});
