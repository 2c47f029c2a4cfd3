import { describe, expect, test } from 'vitest';
import { FAILED, PlayedJob, STOPPED } from '../support/played-job.ts';
import { manifest, useApi } from './harness.ts';

const api = useApi();
const FAILURE = { exitStatus: 3, reason: 'NonZeroExit', message: FAILED.message, node: 'n1' };
const UNTRIED = `${FAILED.message}; not tried again: the job was cancelled`;

/** A job of one task `one`, and where it is read. */
async function played(name: string) {
  const spec = { tasks: [{ name: 'one' }], backoffLimit: 9 };
  const created = await api().api.post('/v1/namespaces/a/jobs').send(manifest(name, spec));
  const { uid } = created.body.metadata;
  const { stores, fence } = api();
  const job = new PlayedJob(stores.controller, fence, uid);
  const get = async (path: string, status = 200) => {
    const { body } = await api().api.get(`/v1/namespaces/a/jobs/${name}${path}`).expect(status);
    return body;
  };
  const result = async () => (await api().api.get(`/status/${uid}`).expect(200)).body.tasks[0];
  return { job, get, result, uid };
}

describe('a task that waits for its next attempt', () => {
  test('shows its attempts and what the last one came to, and is not told as ended', async () => {
    const { job, get, result } = await played('waits');
    await job.fail('went wrong\n');
    expect((await get('/tasks')).items).toEqual([
      {
        index: 0,
        name: 'one',
        phase: 'Pending',
        attempts: 1,
        losses: 0,
        ...FAILURE,
        startedAt: '2026-01-01T00:00:00.001Z',
        finishedAt: '2026-01-01T00:00:00.501Z',
      },
    ]);
    expect(await get('/logs')).toMatchObject({
      task: 'one',
      attempt: 1,
      stdout: '',
      stderr: 'went wrong\n',
      log: 'complete',
    });
    expect(await result()).toMatchObject({
      status: null,
      attempts: 1,
      result: { log: 'pending', stdout: null },
      last_attempt: {
        attempt: 1,
        status: 3,
        reason: 'NonZeroExit',
        result: { stderr: 'went wrong\n', stderr_bytes: 11, log: 'complete' },
        finished_at: '2026-01-01T00:00:00.501Z',
      },
    });
    expect(await result()).not.toHaveProperty('reason');
  });

  test('is cancelled with all of that when its job ends', async () => {
    const { job, get, result } = await played('ended');
    await job.fail('one');
    await job.fail('two');
    await job.finish();
    expect((await get('/tasks?phase=Cancelled')).items).toMatchObject([
      { phase: 'Cancelled', attempts: 2, ...FAILURE, message: UNTRIED },
    ]);
    const told = await result();
    expect(told).toMatchObject({
      status: 3,
      reason: 'NonZeroExit',
      message: UNTRIED,
      attempts: 2,
      result: { stderr: 'two', log: 'complete' },
    });
    expect(told).not.toHaveProperty('last_attempt');
    expect(await get('/logs')).toMatchObject({ attempt: 2, stderr: 'two' });
    expect(await get('/logs?attempt=1')).toMatchObject({ attempt: 1, stderr: 'one' });
    const { attemptHistory } = await get('/tasks/one');
    expect(attemptHistory).toMatchObject([
      { attempt: 1, phase: 'Failed', ...FAILURE },
      { attempt: 2, phase: 'Failed', ...FAILURE },
    ]);
  });

  test('keeps it when its next attempt is stopped before it is started', async () => {
    const { job, get, result } = await played('claimed');
    await job.fail('one');
    const record = await job.judge(await job.claimOne(), STOPPED);
    await job.settle(0, record, { kind: 'final', lastStands: true });
    await job.finish();
    expect(await result()).toMatchObject({
      status: 3,
      message: UNTRIED,
      attempts: 2,
      result: { stderr: 'one' },
    });
    expect(await get('/logs')).toMatchObject({ attempt: 1, stderr: 'one' });
    expect(await get('/logs?attempt=2')).toMatchObject({
      attempt: 2,
      stderr: null,
      log: 'unavailable',
      log_reason: 'it was stopped before it was started',
    });
    expect((await get('/tasks/0')).attemptHistory).toMatchObject([
      { attempt: 1, phase: 'Failed', exitStatus: 3 },
      { attempt: 2, phase: 'Cancelled', exitStatus: null },
    ]);
  });

  test('that was never started is told so', async () => {
    const { job, result, get } = await played('never');
    await job.finish();
    expect(await result()).toMatchObject({
      status: null,
      reason: 'Cancelled',
      attempts: 0,
      result: { log_reason: 'the job ended before the task was started' },
    });
    expect(await get('/tasks/one')).toMatchObject({ attemptHistory: [], attemptsNotKept: 0 });
  });
});

describe('the attempts of a task', () => {
  test('are listed with what each came to, the current one last', async () => {
    const { job, get } = await played('listed');
    for (const text of ['1', '2', '3', '4', '5', '6']) await job.fail(text);
    await job.claimOne();
    const task = await get('/tasks/one');
    expect(task).toMatchObject({ phase: 'Active', attempts: 7, attemptsNotKept: 2 });
    expect(
      task.attemptHistory.map(({ attempt, phase }: { attempt: number; phase: string }) => {
        return [attempt, phase];
      }),
    ).toEqual([
      [1, 'Failed'],
      [4, 'Failed'],
      [5, 'Failed'],
      [6, 'Failed'],
      [7, 'Active'],
    ]);
    expect(task.attemptHistory[0]).toMatchObject({
      ...FAILURE,
      output: {
        stdout: { bytes: 0, truncated: false },
        stderr: { bytes: 1, truncated: false },
        log: 'complete',
      },
    });
  });

  test('can be read when a later one has succeeded', async () => {
    const { job, get } = await played('succeeded');
    await job.fail('of the first');
    const verdict = { ...FAILED, outcome: 'Succeeded', exitStatus: 0 } as const;
    const record = await job.end(await job.claimOne(), 'of the second', verdict);
    await job.settle(0, record, { kind: 'final' });
    await job.complete();
    expect(await get('/logs?attempt=1')).toMatchObject({ attempt: 1, stderr: 'of the first' });
    expect(await get('/logs?attempt=2')).toMatchObject({ attempt: 2, stderr: 'of the second' });
    expect(await get('/logs')).toMatchObject({ attempt: 2, stderr: 'of the second' });
    expect((await get('/tasks/one')).attemptHistory).toMatchObject([
      { attempt: 1, phase: 'Failed' },
      { attempt: 2, phase: 'Succeeded', exitStatus: 0 },
    ]);
  });

  test('are not there in words: one that never was, one that is not kept', async () => {
    const { job, get } = await played('missing');
    for (const text of ['1', '2', '3', '4', '5', '6']) await job.fail(text);
    await job.claimOne();
    expect((await get('/logs?attempt=8', 404)).detail).toBe(
      'The newest attempt of the task is number 7.',
    );
    expect((await get('/logs?attempt=2', 404)).detail).toContain('kept are 1, 4, 5, 6');
    expect((await get('/logs?attempt=0', 400)).detail).toContain('"attempt"');
    expect((await get('/logs?attempt=1&follow=true', 400)).detail).toContain('exclude');
    expect((await get('/tasks/nobody', 404)).detail).toContain('"nobody"');
  });

  test('whose output was dropped for the bound say so', async () => {
    const { job, get, uid } = await played('dropped');
    await job.fail('12345');
    const all = String(64 * 1024 * 1024);
    await api().redis.hset(`swarmer:job:${uid}`, 'attemptBytes', all);
    await job.claimOne();
    expect((await get('/logs?attempt=1', 404)).detail).toContain('SWARMER_ATTEMPT_OUTPUT_BYTES');
    expect((await get('/tasks/one')).attemptHistory[0]).toMatchObject({
      attempt: 1,
      exitStatus: 3,
      dropped: true,
      output: { stderr: { bytes: 5 }, log: 'unavailable' },
    });
  });

  test('go on after a retry by hand', async () => {
    const { job, get } = await played('by-hand');
    const record = await job.end(await job.claimOne(), 'for good');
    await job.settle(0, record, { kind: 'final' });
    await job.complete();
    await api().api.post('/v1/namespaces/a/jobs/by-hand/retry').expect(200);
    expect((await get('/tasks')).items).toMatchObject([
      { phase: 'Pending', attempts: 1, exitStatus: 3 },
    ]);
    await job.end(await job.claimOne(), 'again');
    expect(await get('/logs?attempt=1')).toMatchObject({ stderr: 'for good' });
    expect(await get('/tasks/one')).toMatchObject({ phase: 'Active', attempts: 2 });
  });
});

test('a task is read under the uid of its job too, and in no other namespace', async () => {
  const { uid } = await played('scoped');
  await api().api.get(`/v1/jobs/${uid}/tasks/one`).expect(200);
  await api().api.get('/v1/namespaces/b/jobs/scoped/tasks/one').expect(404);
});
