import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addApply } from '../files/testing/fake-apply.ts';
import { jobText } from '../files/testing/job-text.ts';
import { FakeApi } from '../testing/fake-api.ts';
import { cronJob, job } from '../testing/objects.ts';
import { run } from '../testing/run.ts';

let api: FakeApi;
beforeEach(async () => {
  api = await FakeApi.start();
  addApply(api);
});
afterEach(() => api.close());

const verb =
  (name: string) =>
  (stdin: string, ...argv: string[]) =>
    run([name, '-f', '-', ...argv], { api, stdin });

describe('diff', () => {
  const diff = verb('diff');

  it('shows what apply would change, without what is the server’s own', async () => {
    api.put(job('a', { labels: { app: 'x' }, spec: { image: 'alpine:3.20', parallelism: 2 } }));
    const text = jobText('a', ['image: alpine:3.20', 'completions: 1', 'parallelism: 4']);
    const { code, stdout, stderr } = await diff(text);
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toBe(
      [
        '--- live/default/job/a',
        '+++ files/default/job/a',
        '@@ -11,4 +11,4 @@',
        '   lossLimit: 10',
        '   outputLimitBytes: 1048576',
        '   completions: 1',
        '-  parallelism: 2',
        '+  parallelism: 4',
        '',
      ].join('\n'),
    );
    expect(api.find('jobs', 'default', 'a')?.spec).toMatchObject({ parallelism: 2 });
  });

  it('says nothing and exits with 0 when nothing differs', async () => {
    api.put(job('a', { labels: { app: 'x' }, spec: { image: 'alpine:3.20' } }));
    const text = jobText('a', ['image: alpine:3.20', 'completions: 1']);
    expect(await diff(text)).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('shows the whole of what is new', async () => {
    const { code, stdout } = await diff(jobText('a'));
    expect(code).toBe(1);
    expect(stdout).toMatch(/^--- live.*\n\+\+\+ files.*\n@@ -0,0 \+1,\d+ @@\n(?:\+.*\n)+$/);
  });

  it.each([
    ['a fault', 'kind: Job\n'],
    ['a refusal', jobText('a', ['image: new'])],
  ])('exits with 2 at %s: 1 would say that there are differences', async (_, text) => {
    api.put(job('a'));
    const { code, stdout } = await diff(text);
    expect([code, stdout]).toEqual([2, '']);
  });

  it('shows controls in values instead of obeying them', async () => {
    const text = jobText('a', ['image: x', 'args: ["\\e[2J"]']);
    expect((await diff(text)).stdout).not.toContain('\u001b');
  });
});

describe('validate', () => {
  const validate = verb('validate');

  it('names what is valid, without a server', async () => {
    const stdin = `${jobText('a')}---\n${jobText('b')}`;
    expect(await run(['validate', '-f', '-'], { stdin })).toEqual({
      code: 0,
      stdout: '<stdin>: job/a is valid\n<stdin>: job/b is valid\n',
      stderr: '',
    });
  });

  it('names every fault', async () => {
    const { code, stderr } = await validate(`${jobText('A')}---\n${jobText('b', ['imag: x'])}`);
    expect(code).toBe(1);
    expect(stderr.split('\n').filter((line) => /^<stdin>:\d+:\d+: /.test(line))).toHaveLength(3);
  });

  it('wants files, and files with something in them', async () => {
    expect((await run(['validate'])).code).toBe(2);
    expect((await validate('# nothing\n')).stderr).toContain('have no objects');
    const missing = await run(['validate', '-f', '/no/such/file.yaml']);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('/no/such/file.yaml');
  });
});

describe('create', () => {
  const create = verb('create');

  it('makes the objects of a file, and leaves those that are there', async () => {
    api.put(job('a'));
    const { code, stdout, stderr } = await create(`${jobText('a')}---\n${jobText('b')}`);
    expect([code, stdout]).toEqual([1, 'job/b created\n']);
    expect(stderr).toContain(
      '<stdin>:4:9: job/a: there is a job "a" in namespace "default" already',
    );
  });

  it('makes a job of options', async () => {
    const argv = [
      'create',
      'job',
      'a',
      '--image',
      'x',
      '--completions=3',
      '-l',
      'k=v',
      '-e',
      'A=1',
    ];
    const { code, stdout } = await run([...argv, '--', 'part', '$(INDEX)'], { api });
    expect([code, stdout]).toEqual([0, 'job/a created\n']);
    expect(api.requests[0]?.body).toEqual({
      apiVersion: 'swarmer/v1',
      kind: 'Job',
      metadata: { name: 'a', labels: { k: 'v' } },
      spec: { image: 'x', args: ['part', '$(INDEX)'], env: { A: '1' }, completions: 3 },
    });
  });

  it('makes a cron job of options', async () => {
    const argv = ['create', 'cronjob', 'c', '--image=x', '--schedule=@daily', '--time-zone=UTC'];
    const { stdout } = await run([...argv, '-n', 'other'], { api });
    expect(stdout).toBe('cronjob/c created\n');
    expect(api.requests[0]).toMatchObject({
      path: '/v1/namespaces/other/cronjobs',
      body: {
        spec: { schedule: '@daily', timeZone: 'UTC', jobTemplate: { spec: { image: 'x' } } },
      },
    });
  });

  it('can begin a file', async () => {
    const argv = ['create', 'job', 'a', '--image', 'x', '--dry-run=client', '-o', 'yaml'];
    const { stdout } = await run(argv, { api });
    expect(api.requests).toEqual([]);
    const checked = await verb('validate')(stdout);
    expect(checked).toEqual({ code: 0, stdout: '<stdin>: job/a is valid\n', stderr: '' });
  });

  it.each([
    [['job', 'a'], '--image is needed'],
    [['cronjob', 'a', '--image', 'x'], '--schedule is needed'],
    [['job', 'a', 'b', '--image', 'x'], 'the name comes first, and after --'],
    [['job', 'a', '--image', 'x', '-e', '1'], '--env must be given as KEY=VALUE'],
  ])('refuses %j', async (argv, words) => {
    const { code, stderr } = await run(['create', ...argv], { api });
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });

  it('exits with 1 when there is such a job', async () => {
    api.put(cronJob('c'));
    const argv = ['create', 'cronjob', 'c', '--image=x', '--schedule=@daily'];
    expect((await run(argv, { api })).code).toBe(1);
  });
});
