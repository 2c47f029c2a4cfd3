import { describe, expect, test } from 'vitest';
import { serve } from '../cli/serve.ts';
import { waitFor } from '../lab/wait.ts';

const { swarmer, receiver, image, ctl } = await serve('attempts');

/** A retry that does not come within a test. */
const FAR = { baseMs: 3_600_000, maxMs: 3_600_000 };
const AT_ONCE = { baseMs: 10, maxMs: 20 };
const FAILS = 'echo out $SWARMER_ATTEMPT; echo oops $SWARMER_ATTEMPT >&2; exit 3';
const script = (name: string, text: string) => ({ name, args: ['sh', '-c', text] });

interface Task {
  phase: string;
  attempts: number;
  exitStatus: number | null;
  reason?: string;
  message?: string;
}

async function get<T>(path: string): Promise<T> {
  const response = await swarmer.request(path);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

const taskOf = (job: string, task = 'fails') =>
  get<Task & { attemptHistory: object[] }>(`/v1/namespaces/default/jobs/${job}/tasks/${task}`);

/** Creates a job whose first task fails and then waits for a retry, and awaits that it does. */
async function waiting(name: string, spec: object = {}): Promise<string> {
  const manifest = {
    apiVersion: 'swarmer/v1',
    kind: 'Job',
    metadata: { name },
    spec: {
      image,
      tasks: [script('fails', FAILS)],
      backoffLimit: 3,
      retryBackoff: FAR,
      callback: { url: receiver.url(`/${name}`) },
      ...spec,
    },
  };
  const response = await swarmer.post('/v1/namespaces/default/jobs', manifest);
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
  const { metadata } = (await response.json()) as { metadata: { uid: string } };
  const hasFailed = async () => (await taskOf(name)).attempts === 1 && (await taskOf(name)).reason;
  await waitFor(hasFailed, { what: `${name} to wait for its retry` });
  return metadata.uid;
}

describe('a task that waits for its retry', () => {
  const fixed = (value: number, action: string) => ({
    action,
    onExitCodes: { operator: 'In', values: [value] },
  });
  const then = (text: string) => ({
    parallelism: 1,
    tasks: [script('fails', FAILS), script('then', text)],
  });

  test.each([
    ['a cancel', 'cancelled', {}, 'the job was cancelled'],
    ['a deadline', 'deadline', { activeDeadlineSeconds: 8 }, 'the job took longer than 8 s'],
    [
      'a failure rule',
      'fail-job',
      { ...then('exit 42'), failurePolicy: [fixed(42, 'FailJob')] },
      'ends the job by its failure policy',
    ],
    [
      'too many failed tasks',
      'max-failed',
      { ...then('exit 43'), failurePolicy: [fixed(43, 'FailTask')], maxFailedTasks: 0 },
      '1 tasks failed, at most 0 may',
    ],
    [
      'success of enough others',
      'success',
      { ...then('true'), successPolicy: { succeededCount: 1 } },
      '1 tasks succeeded, 1 were asked for',
    ],
  ])(
    'is told with its attempts, last exit status, reason and output after %s',
    async (_, name, spec, why) => {
      const uid = await waiting(name, spec);
      if (name === 'cancelled') await swarmer.post(`/v1/jobs/${uid}/cancel`, {});
      const { body } = await receiver.delivery(`/${name}`);
      const told = {
        status: 3,
        reason: 'NonZeroExit',
        message: expect.stringContaining(why),
        attempts: 1,
        result: { stdout: 'out 1\n', stderr: 'oops 1\n', log: 'complete' },
        finished_at: expect.any(String),
      };
      expect(body.tasks[0]).toMatchObject(told);
      expect((await swarmer.status(uid)).tasks[0]).toMatchObject(told);
      expect(await taskOf(name)).toMatchObject({
        phase: 'Cancelled',
        attempts: 1,
        exitStatus: 3,
        reason: 'NonZeroExit',
        attemptHistory: [{ attempt: 1, phase: 'Failed', exitStatus: 3 }],
      });
      expect(await ctl.run(['logs', name, 'fails'])).toEqual({
        code: 0,
        stdout: 'out 1\n',
        stderr: 'oops 1\n',
      });
      expect(await ctl.read(['get', 'tasks', name])).toMatch(
        /fails +Cancelled +1 +3 .*NonZeroExit/,
      );
      expect(await ctl.read(['describe', 'job', name])).toMatch(/fails +Cancelled +1 +3 /);
    },
  );

  test('shows all of that while it waits, and is not told as ended', async () => {
    const uid = await waiting('waits');
    const [task] = (await swarmer.status(uid)).tasks;
    expect(task).toMatchObject({
      status: null,
      attempts: 1,
      last_attempt: { attempt: 1, status: 3, result: { stdout: 'out 1\n', stderr: 'oops 1\n' } },
    });
    expect(await taskOf('waits')).toMatchObject({ phase: 'Pending', attempts: 1, exitStatus: 3 });
    const note = 'swarmerctl: task fails waits for its next attempt; this is of attempt 1\n';
    for (const argv of [
      ['logs', 'waits'],
      ['logs', 'waits', '--previous'],
    ]) {
      expect((await ctl.run(argv)).stderr).toBe(`oops 1\n${note}`);
    }
    await ctl.read(['delete', 'job', 'waits', '--wait']);
    expect((await ctl.run(['logs', 'waits'])).code).toBe(5);
  });

  test('keeps it when its next attempt was not placed when the job ended', async () => {
    const uid = await waiting('unplaced', { retryBackoff: { baseMs: 3000, maxMs: 3000 } });
    const placement = { constraints: ['node.labels.nowhere==true'] };
    const spec = {
      image,
      tasks: [script('fails', FAILS)],
      backoffLimit: 3,
      placement,
      retryBackoff: { baseMs: 3000, maxMs: 3000 },
      callback: { url: receiver.url('/unplaced') },
    };
    const put = await swarmer.request('/v1/namespaces/default/jobs/unplaced', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        apiVersion: 'swarmer/v1',
        kind: 'Job',
        metadata: { name: 'unplaced' },
        spec,
      }),
    });
    expect(put.status).toBe(200);
    await waitFor(async () => (await taskOf('unplaced')).attempts === 2, {
      what: 'the second attempt to begin',
    });
    await swarmer.post(`/v1/jobs/${uid}/cancel`, {});
    const { body } = await receiver.delivery('/unplaced');
    expect(body.tasks[0]).toMatchObject({
      status: 3,
      reason: 'NonZeroExit',
      attempts: 2,
      result: { stdout: 'out 1\n', stderr: 'oops 1\n' },
    });
  });
});

describe('the output of earlier attempts', () => {
  test('is read by swarmerctl logs --previous when a later attempt has succeeded', async () => {
    const text = 'echo of $SWARMER_ATTEMPT >&2; [ $SWARMER_ATTEMPT = 3 ]';
    await ctl.read(['create', '-f', '-'], {
      stdin: JSON.stringify({
        apiVersion: 'swarmer/v1',
        kind: 'Job',
        metadata: { name: 'third' },
        spec: { image, tasks: [script('one', text)], backoffLimit: 3, retryBackoff: AT_ONCE },
      }),
    });
    await ctl.read(['wait', 'third']);
    const stderr = async (...argv: string[]) => (await ctl.run(['logs', 'third', ...argv])).stderr;
    expect(await stderr()).toBe('of 3\n');
    expect(await stderr('--previous')).toBe('of 2\n');
    expect(await stderr('one', '--attempt', '1')).toBe('of 1\n');
    expect(await stderr('--attempt', '4')).toContain('The newest attempt of the task is number 3');
    expect(await taskOf('third', 'one')).toMatchObject({
      attemptHistory: [
        { attempt: 1, phase: 'Failed', exitStatus: 1, node: expect.any(String) },
        { attempt: 2, phase: 'Failed', exitStatus: 1, output: { stderr: { bytes: 5 } } },
        { attempt: 3, phase: 'Succeeded', exitStatus: 0 },
      ],
    });
  });

  test('of a task that failed for good is there after a retry by hand', async () => {
    const text = 'echo of $SWARMER_ATTEMPT >&2; [ $SWARMER_ATTEMPT = 3 ]';
    await ctl.read(['create', '-f', '-'], {
      stdin: JSON.stringify({
        apiVersion: 'swarmer/v1',
        kind: 'Job',
        metadata: { name: 'by-hand' },
        spec: { image, tasks: [script('one', text)], backoffLimit: 1, retryBackoff: AT_ONCE },
      }),
    });
    expect((await ctl.run(['wait', 'by-hand'])).code).toBe(3);
    await ctl.read(['retry', 'by-hand']);
    await ctl.read(['wait', 'by-hand']);
    for (const attempt of ['1', '2', '3']) {
      const { stderr } = await ctl.run(['logs', 'by-hand', '--attempt', attempt]);
      expect(stderr).toBe(`of ${attempt}\n`);
    }
  });
});
