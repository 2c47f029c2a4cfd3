import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addLogs, type FakeLogs } from '../follow/testing/fake-logs.ts';
import type { Job } from '../resources.ts';
import { FakeApi } from '../testing/fake-api.ts';
import { problem } from '../testing/http-fake.ts';
import { job } from '../testing/objects.ts';
import { run, start } from '../testing/run.ts';

describe('run', () => {
  let api: FakeApi;
  let logs: FakeLogs;
  beforeEach(async () => {
    api = await FakeApi.start();
    logs = addLogs(api);
    api.route('POST', '/v1/namespaces/([^/]+)/jobs', ({ body }) => {
      const { metadata } = body as Job;
      return { status: 201, body: api.put(job(metadata.name ?? 'run-x1')) };
    });
  });
  afterEach(() => api.close());

  const sent = (method: string) => api.requests.filter((request) => request.method === method);

  it('sends a job of one task', async () => {
    const argv = ['run', 'app:7', '--name', 'n', '-e', 'A=1', '-e', 'B=', '-l', 'x=y', '--timeout'];
    const running = start([...argv, '1500ms', '--', 'build', '$(INDEX)', '--all'], { api });
    (await logs.opened(0)).end();
    expect(await running.code).toBe(0);
    expect(sent('POST')[0]?.body).toEqual({
      apiVersion: 'swarmer/v1',
      kind: 'Job',
      metadata: { name: 'n', labels: { x: 'y' } },
      spec: {
        image: 'app:7',
        backoffLimit: 0,
        tasks: [
          {
            name: 'main',
            args: ['build', '$(INDEX)', '--all'],
            env: { A: '1', B: '' },
            timeoutSeconds: 2,
          },
        ],
      },
    });
  });

  it('gives it the variables of files, and those of --env above them', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'swarmerctl-run-'));
    const file = join(directory, 'a.env');
    await writeFile(file, 'A=file\nB=file\nHOME\n');
    const argv = ['run', 'app:7', '--env-file', file, '-e', 'B=own'];
    const running = start(argv, { api, env: { HOME: '/home/me' } });
    (await logs.opened(0)).end();
    expect(await running.code).toBe(0);
    expect(sent('POST')[0]?.body).toMatchObject({
      spec: { tasks: [{ env: { A: 'file', B: 'own', HOME: '/home/me' } }] },
    });
    const { code, stderr } = await run(['run', 'app:7', '--env-file', `${file}.gone`], { api });
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('a.env.gone: there is no such file'),
    ]);
    await rm(directory, { recursive: true });
  });

  it('has the server make a name, and can replace the entrypoint', async () => {
    const running = start(['run', 'app:7', '--command', '--', 'sh', '-c', 'true'], { api });
    (await logs.opened(0)).end();
    await running.code;
    expect(sent('POST')[0]?.body).toMatchObject({
      metadata: { generateName: 'run-' },
      spec: { tasks: [{ name: 'main', command: ['sh', '-c', 'true'] }] },
    });
    expect(logs.streams[0]?.task).toBe('main');
  });

  it('shows the output while the task runs, byte by byte, and exits with its code', async () => {
    const running = start(['run', 'app:7'], { api });
    const stream = await logs.opened(0);
    stream.output('no end of line', 0);
    await running.stdout.until('no end of line');
    stream.output('\u001b[1mred\r\n', 14);
    stream.output('oops', 0, { stream: 'stderr' });
    stream.end({ phase: 'Failed', exitStatus: 7 });
    expect(await running.code).toBe(7);
    expect(running.stdout.text).toBe('no end of line\u001b[1mred\r\n');
    expect(running.stderr.text).toBe('oops');
  });

  it('says why there is no exit code', async () => {
    const running = start(['run', 'no-such-image'], { api });
    (await logs.opened(0)).end({
      phase: 'Rejected',
      exitStatus: null,
      reason: 'Rejected',
      message: 'No such image: no-such-image',
    });
    expect(await running.code).toBe(3);
    expect(running.stderr.text).toBe(
      'swarmerctl: task main is Rejected: Rejected: No such image: no-such-image\n',
    );
  });

  it('deletes the job at the end with --rm', async () => {
    const running = start(['run', 'app:7', '--rm'], { api });
    (await logs.opened(0)).end({ phase: 'Failed', exitStatus: 1 });
    expect(await running.code).toBe(1);
    expect(sent('DELETE').map(({ path }) => path)).toEqual(['/v1/namespaces/default/jobs/run-x1']);
  });

  it('only starts it with --detach', async () => {
    expect(await run(['run', 'app:7', '-d'], { api })).toEqual({
      code: 0,
      stdout: 'job/run-x1 created\n',
      stderr: '',
    });
  });

  it('cancels the job at Ctrl-C and waits for its end', async () => {
    const running = start(['run', 'app:7'], { api });
    const stream = await logs.opened(0);
    stream.output('working\n', 0);
    await running.stdout.until('working');
    running.interrupt();
    await running.stderr.until('cancelling job/run-x1; Ctrl-C again leaves it alone\n');
    stream.output('last words\n', 8);
    stream.end({ phase: 'Cancelled', exitStatus: 143 });
    expect(await running.code).toBe(130);
    expect(running.stdout.text).toBe('working\nlast words\n');
    expect(api.find('jobs', 'default', 'run-x1')?.status).toMatchObject({ phase: 'Cancelled' });
  });

  it('leaves at once at the second Ctrl-C', async () => {
    const running = start(['run', 'app:7'], { api });
    await logs.opened(0);
    running.interrupt();
    await running.stderr.until('cancelling');
    running.interrupt();
    expect(await running.code).toBe(130);
  });

  it('does not wait for ever for a job that cannot be cancelled', async () => {
    api.route('POST', '.*/cancel', () => problem(500, 'no'));
    const running = start(['run', 'app:7'], { api });
    await logs.opened(0);
    running.interrupt();
    expect(await running.code).toBe(1);
    expect(running.stderr.text).toContain('swarmerctl: no\n');
  });

  it.each([
    [['run', 'app:7', 'echo', 'hi'], 'the image comes first, and after --'],
    [['run', 'app:7', '--command'], '--command needs a command after --'],
    [['run', 'app:7', '--env', 'X'], '--env must be given as KEY=VALUE, not "X"'],
    [['run', 'app:7', '--timeout', 'x'], '--timeout must be a time such as'],
    [['run', 'app:7', '--timeout', '0'], '--timeout must be more than 0'],
  ])('refuses %j', async (argv, words) => {
    const { code, stderr } = await run(argv, { api });
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(api.requests).toEqual([]);
  });
});
