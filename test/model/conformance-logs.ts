import { expect, test } from 'vitest';
import type { Bench } from './conformance-bench.ts';
import { PROGRAMS } from './programs.ts';

const LIMIT = 1000;
const REMOVED = {
  state: 'unavailable',
  reason: 'its container was removed before its log was read',
};

/** Logs of tasks, from their first byte until their service is removed. */
export function logsConform(bench: () => Bench): void {
  const logOf = (taskId: string) => bench().subject.engine.taskLogs(taskId, LIMIT);

  const follow = (taskId: string) => {
    const end = new AbortController();
    const bytes = { stdout: '', stderr: '' };
    const take = (stream: 'stdout' | 'stderr', piece: Buffer) => {
      bytes[stream] += piece.toString();
    };
    const over = bench().subject.engine.followLogs(taskId, take, end.signal);
    return { bytes, end, over };
  };

  test('stdout and stderr are apart, and the last bytes of each are kept', async () => {
    const { taskId } = await bench().run(PROGRAMS.talks);
    const { stdout, stderr, summary } = await logOf(taskId);
    expect(stderr.toString()).toBe('oops\n');
    expect(stdout.toString()).toBe(`${'a'.repeat(LIMIT - 1)}b`);
    expect(summary).toEqual({
      stdout: { bytes: 3001, truncated: true },
      stderr: { bytes: 5, truncated: false },
      log: { state: 'truncated' },
    });
  });

  test('a log that is empty is complete', async () => {
    const { taskId } = await bench().run(PROGRAMS.true);
    expect((await logOf(taskId)).summary.log).toEqual({ state: 'complete' });
  });

  test('a log can be read until its service is removed, and is gone with its task', async () => {
    const { serviceId, taskId } = await bench().run(PROGRAMS.talks);
    expect((await logOf(taskId)).summary.stdout.bytes).toBe(3001);
    await bench().subject.engine.removeService(serviceId);
    await bench().taskGone(serviceId);
    await expect(logOf(taskId)).rejects.toMatchObject({ code: 'Invalid', status: 404 });
  });

  test('a log can be followed from its beginning while its task runs, until nobody wants it', async () => {
    const serviceId = await bench().start(PROGRAMS.talksOn);
    const { id } = await bench().running(serviceId);
    const log = follow(id);
    await bench().eventually('all of the log', () => log.bytes.stdout.length >= 3002);
    await bench().eventually('the errors', () => log.bytes.stderr === 'oops\n');
    expect(log.bytes.stdout).toBe(`${'a'.repeat(3000)}b\n`);
    log.end.abort();
    await log.over;
  });

  test('all of the log of a task that has ended can be followed', async () => {
    const { taskId } = await bench().run(PROGRAMS.talks);
    const log = follow(taskId);
    await bench().eventually('all of the log', () => log.bytes.stdout.length >= 3001);
    await bench().eventually('the errors', () => log.bytes.stderr === 'oops\n');
    log.end.abort();
    await log.over;
  });

  test('a reader that takes its time holds up the log and not its own end', async () => {
    const { taskId } = await bench().run(PROGRAMS.talks);
    const end = new AbortController();
    let calls = 0;
    const over = bench().subject.engine.followLogs(
      taskId,
      () => {
        calls++;
        return new Promise<never>(() => {});
      },
      end.signal,
    );
    await bench().eventually('the first bytes', () => calls > 0);
    end.abort();
    await over;
    expect(calls).toBe(1);
  });

  test('nothing of a task that is not there can be followed: it is 404', async () => {
    const { over } = follow('nosuchtask');
    await expect(over).rejects.toMatchObject({ code: 'Invalid', status: 404 });
  });

  test('the log of a task that is not there is 404', async () => {
    await expect(logOf('nosuchtask')).rejects.toMatchObject({ code: 'Invalid', status: 404 });
  });

  test('the log of a task that has no node is unavailable, with the words of swarm', async () => {
    const impossible = { constraints: ['node.hostname==nowhere'] };
    const serviceId = await bench().start(PROGRAMS.true, impossible);
    const { id } = await bench().taskThat(serviceId, 'to wait', ({ error }) => !!error);
    expect((await logOf(id)).summary.log).toEqual({
      state: 'unavailable',
      reason: expect.stringContaining(`task ${id} has not been scheduled`),
    });
  });

  test('the log of a task that never started is not an empty one', async () => {
    const { taskId } = await bench().run(PROGRAMS.isMissing);
    expect((await logOf(taskId)).summary).toMatchObject({
      stdout: { bytes: 0 },
      log: { state: 'unavailable', reason: 'its process was never started' },
    });
  });

  test('a container removed while it ran has ended with 137, and its log is gone', async () => {
    const serviceId = await bench().start(PROGRAMS.talksOn);
    await bench().subject.removeContainer(await bench().running(serviceId));
    const evidence = await bench().outcome(serviceId);
    expect(evidence).toMatchObject({ kind: 'ended', exitStatus: 137 });
    const { id } = await bench().taskThat(serviceId, 'to be there', () => true);
    expect((await logOf(id)).summary.log).toEqual(REMOVED);
  });

  test('a container removed after its end takes its log along', async () => {
    const { serviceId, taskId } = await bench().run(PROGRAMS.talks);
    const before = await bench().taskThat(serviceId, 'to be there', () => true);
    await bench().subject.removeContainer(before);
    const isEmpty = async () => (await logOf(taskId)).summary.stdout.bytes === 0;
    await bench().eventually('the log to be gone', isEmpty);
    expect((await logOf(taskId)).summary.log).toEqual(REMOVED);
    expect(await bench().task(serviceId)).toMatchObject({ state: 'complete', exitCode: 0 });
  });

  test.each([
    ['none', { name: 'none' }, 'unavailable', 'its log driver is "none"'],
    [
      'non-blocking',
      { name: 'json-file', options: { mode: 'non-blocking' } },
      'partial',
      '"mode": "non-blocking"',
    ],
    [
      'one file',
      { name: 'json-file', options: { 'max-size': '1k', 'max-file': '1' } },
      'partial',
      '"max-file" is 1',
    ],
    [
      'files that are too small',
      { name: 'json-file', options: { 'max-size': '1k', 'max-file': '2' } },
      'partial',
      'its first lines may be gone: the log is kept in 2 files of 1k',
    ],
  ])('a log that may lack something says so: %s', async (_, logDriver, state, reason) => {
    const { taskId } = await bench().run(PROGRAMS.talks, { template: { logDriver } });
    expect((await logOf(taskId)).summary.log).toEqual({
      state,
      reason: expect.stringContaining(reason),
    });
  });

  test('what the engine adds by itself to a log of which nothing is said is asked for', async () => {
    const spec = bench().spec(PROGRAMS.talks);
    const { LogDriver: _, ...TaskTemplate } = spec.TaskTemplate;
    const serviceId = await bench().create({ ...spec, TaskTemplate });
    await bench().outcome(serviceId);
    const { id } = await bench().taskThat(serviceId, 'to be there', () => true);
    expect((await logOf(id)).summary.log).toEqual({ state: 'truncated' });
  });
}
