import { ulid } from 'ulid';
import { describe, expect, it } from 'vitest';
import { reportPath } from '../apis/index.ts';
import { StoreError } from '../store/errors.ts';
import { harness, startTask, storeJob } from './testing/harness.ts';

function reportOf(stdout: string, more: object = {}) {
  const task_result = { stdout, stderr: '', ...more };
  return { task_name: 'one', task_status: 3, task_result };
}

async function started() {
  const setup = harness();
  const uid = await storeJob(setup.store, ['one', 'two']);
  return { ...setup, uid, path: startTask(setup.store, uid) };
}

describe('POST /result/<id>', () => {
  it('stores the report and answers 204', async () => {
    const { api, store, uid, path } = await started();
    const response = await api.post(path).send(reportOf('héllo'));
    expect(response.status).toBe(204);
    expect(response.text).toBe('');
    expect(store.report(uid, 0)).toMatchObject({
      id: { jobUid: uid, index: 0, attempt: 1 },
      exitStatus: 3,
      output: {
        stdout: Buffer.from('héllo'),
        stderr: Buffer.alloc(0),
        summary: {
          stdout: { bytes: 6, truncated: false },
          stderr: { bytes: 0, truncated: false },
          log: { state: 'complete' },
        },
      },
    });
  });

  it("keeps the last bytes up to the job's limit, with the true count", async () => {
    const { api, store, uid, path } = await started();
    await api.post(path).send(reportOf('0123456789')).expect(204);
    expect(store.report(uid, 0)?.output).toMatchObject({
      stdout: Buffer.from('23456789'),
      summary: { stdout: { bytes: 10, truncated: true }, log: { state: 'truncated' } },
    });
  });

  it('takes the count of bytes from the task when it is larger than what was sent', async () => {
    const { api, store, uid, path } = await started();
    await api
      .post(path)
      .send(reportOf('tail', { stdout_bytes: 900, stderr_bytes: 0 }))
      .expect(204);
    expect(store.report(uid, 0)?.output.summary.stdout).toEqual({ bytes: 900, truncated: true });
  });

  it('does not believe a count smaller than what was sent', async () => {
    const { api, store, uid, path } = await started();
    await api
      .post(path)
      .send(reportOf('tail', { stdout_bytes: 1 }))
      .expect(204);
    expect(store.report(uid, 0)?.output.summary.stdout).toEqual({ bytes: 4, truncated: false });
  });

  it('replaces bytes that are not UTF-8 instead of losing the report', async () => {
    const { api, store, uid, path } = await started();
    const [before, after] = JSON.stringify(reportOf('|')).split('|');
    const body = Buffer.concat([
      Buffer.from(`${before}`),
      Buffer.from([0xff]),
      Buffer.from(`${after}`),
    ]);
    await api
      .post(path)
      .type('json')
      .serialize((raw) => raw)
      .send(body)
      .expect(204);
    expect(store.report(uid, 0)?.output.stdout.toString()).toBe('\ufffd');
  });

  it('needs no token of a user', async () => {
    const setup = harness({ tokens: ['secret'] });
    const uid = await storeJob(setup.store, ['one']);
    await setup.api.post(startTask(setup.store, uid)).send(reportOf('')).expect(204);
  });

  it('takes the same report twice, and refuses a second, different one', async () => {
    const { api, store, uid, path } = await started();
    await api.post(path).send(reportOf('a')).expect(204);
    await api.post(path).send(reportOf('a')).expect(204);
    await api.post(path).send(reportOf('b')).expect(409);
    expect(store.report(uid, 0)?.output.stdout.toString()).toBe('a');
  });

  it('refuses the report of an attempt that was replaced', async () => {
    const { api, store, uid, path } = await started();
    store.start(uid, 0, 2);
    await api.post(path).send(reportOf('late')).expect(409);
    expect(store.report(uid, 0)).toBeUndefined();
  });

  it('refuses a report in the name of another task', async () => {
    const { api, store, uid, path } = await started();
    const response = await api.post(path).send({ ...reportOf(''), task_name: 'two' });
    expect(response.status).toBe(400);
    expect(response.body.errors).toEqual([{ path: 'task_name', message: 'must be "one"' }]);
    expect(store.report(uid, 0)).toBeUndefined();
  });

  it('refuses a body with problems', async () => {
    const { api, path } = await started();
    const response = await api.post(path).send({ ...reportOf(''), task_status: 0.5 });
    expect(response.status).toBe(400);
    expect(response.body.errors[0].path).toBe('task_status');
  });

  it('answers 404 when the job is gone', async () => {
    const { api, store } = harness();
    const id = { jobUid: ulid(), index: 0, attempt: 1 };
    await api.post(reportPath(store.key, id)).send(reportOf('')).expect(404);
  });

  it('refuses a missing, a wrong, a doubled and a foreign token', async () => {
    const { api, store, uid, path } = await started();
    const foreign = startTask(store, await storeJob(store, ['one'])).split('?')[1];
    const token = path.split('?')[1];
    for (const query of ['', 'token=', 'token=0.1.x', `${token}&${token}`, foreign]) {
      const response = await api.post(`/result/${uid}?${query}`).send(reportOf(''));
      expect(response.status).toBe(401);
      expect(response.headers['www-authenticate']).toBe('Bearer');
    }
    expect(store.report(uid, 0)).toBeUndefined();
  });

  it('reads the key again after a failure, and once only after a success', async () => {
    const { api, store, path } = await started();
    store.failure = new StoreError('Unavailable', 'down');
    await api.post(path).send(reportOf('')).expect(503);
    store.failure = undefined;
    await api.post(path).send(reportOf('')).expect(204);
    await api.post(path).send(reportOf('')).expect(204);
    expect(store.keyReads).toBe(1);
  });

  it('reads the key again for a token that does not fit it, at most once a second', async () => {
    const { api, store, clock } = harness();
    const uid = await storeJob(store, ['one']);
    const path = startTask(store, uid);
    const body = { task_name: 'one', task_status: 0, task_result: { stdout: '', stderr: '' } };
    const other = path.replace(/token=(\d+)\.(\d+)/, 'token=$1.9');
    expect((await api.post(other).send(body)).status).toBe(401);
    expect((await api.post(other).send(body)).status).toBe(401);
    expect(store.keyReads).toBe(1);
    store.key = Buffer.alloc(32, 8);
    clock.advance(1000);
    expect((await api.post(startTask(store, uid)).send(body)).status).toBe(204);
    expect(store.keyReads).toBe(2);
  });
});
