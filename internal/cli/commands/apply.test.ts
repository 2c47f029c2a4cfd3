import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addApply } from '../files/testing/fake-apply.ts';
import { jobText } from '../files/testing/job-text.ts';
import { watched } from '../follow/testing/watched.ts';
import type { Job } from '../resources.ts';
import { FakeApi } from '../testing/fake-api.ts';
import { problem } from '../testing/http-fake.ts';
import { cronJob, job } from '../testing/objects.ts';
import { run, start } from '../testing/run.ts';

describe('apply', () => {
  let api: FakeApi;
  let directory: string;
  beforeEach(async () => {
    api = await FakeApi.start();
    addApply(api);
    directory = mkdtempSync(join(tmpdir(), 'swarmerctl-apply-'));
  });
  afterEach(async () => {
    rmSync(directory, { recursive: true });
    await api.close();
  });

  const apply = (stdin: string, ...argv: string[]) =>
    run(['apply', '-f', '-', ...argv], { api, stdin });
  const sent = () => api.requests.map(({ method, path }) => `${method} ${path}`);
  const write = (name: string, text: string) => writeFileSync(join(directory, name), text);

  it('makes, changes and leaves objects', async () => {
    const one = jobText('one', ['image: a', 'parallelism: 2']);
    expect((await apply(one)).stdout).toBe('job/one created\n');
    expect((await apply(one)).stdout).toBe('job/one unchanged\n');
    expect((await apply(one.replace('2', '4'))).stdout).toBe(
      'job/one configured (spec.parallelism: 2 → 4)\n',
    );
    expect(api.find('jobs', 'default', 'one')?.spec).toMatchObject({ parallelism: 4 });
  });

  it('takes all files of a directory, and those below it', async () => {
    write('b.yaml', jobText('b'));
    write(
      'a.json',
      JSON.stringify({
        apiVersion: 'swarmer/v1',
        kind: 'Job',
        metadata: { name: 'a' },
        spec: { image: 'x' },
      }),
    );
    mkdirSync(join(directory, 'below'));
    write('below/c.yaml', jobText('c'));
    const outcome = await run(['apply', '-R', '-f', directory], { api });
    expect(outcome).toEqual({
      code: 0,
      stdout: 'job/a created\njob/b created\njob/c created\n',
      stderr: '',
    });
  });

  it('sends nothing when any file has a fault, and names all of them', async () => {
    write('a.yaml', jobText('good'));
    write('b.yaml', jobText('Bad', ['image: x', 'paralelism: 2']));
    write('c.yaml', 'kind: [\n');
    const { code, stdout, stderr } = await run(['apply', '-f', directory], { api });
    expect([code, stdout, sent()]).toEqual([1, '', []]);
    expect(stderr).toContain('b.yaml:4:9: metadata.name: must be');
    expect(stderr).toContain('b.yaml:8:3: spec.paralelism: unknown field');
    expect(stderr).toContain('c.yaml:');
    expect(stderr.split('\n').at(-2)).toBe('swarmerctl: there are 3 faults in the files');
  });

  it('names each file that cannot be read, beside the faults of the others', async () => {
    for (const name of ['a.yaml', 'c.yaml']) writeFileSync(join(directory, name), '\xff', 'latin1');
    write('b.yaml', 'kind: [\n');
    const { code, stdout, stderr } = await run(['apply', '-f', directory], { api });
    expect([code, stdout, sent()]).toEqual([1, '', []]);
    for (const name of ['a.yaml', 'c.yaml']) {
      expect(stderr).toContain(`${name}: is not text in UTF-8: save it as UTF-8`);
    }
    expect(stderr).toContain('b.yaml:1:');
    expect(stderr.split('\n').at(-2)).toBe('swarmerctl: there are 3 faults in the files');
  });

  it('refuses objects that stand there twice, have no name, or another namespace', async () => {
    const nameless = jobText('x').replace('  name: x\n', '');
    const { code, stderr } = await apply([jobText('a'), jobText('a'), nameless].join('---\n'));
    expect(code).toBe(1);
    expect(stderr).toContain('<stdin>:12:9: metadata.name: job/a is there already, in <stdin>:4');
    expect(stderr).toContain('metadata.name: is required: objects are found by their names');
    const other = jobText('a').replace('name: a', 'name: a\n  namespace: other');
    const strange = await apply(other, '-n', 'mine');
    expect(strange.stderr).toContain('metadata.namespace: is "other", but --namespace says "mine"');
    expect(sent()).toEqual([]);
  });

  it('has the server make the names that files only begin', async () => {
    const text = jobText('x').replace('name: x', 'generateName: x-');
    expect((await apply(text)).stdout).toBe('job/x-x7k2p created\n');
    expect(sent()).toEqual(['POST /v1/namespaces/default/jobs']);
  });

  it('shows what the server refuses with its place in the file, and goes on', async () => {
    api.put(job('a', { spec: { image: 'old' } }));
    const { code, stdout, stderr } = await apply(`${jobText('a')}---\n${jobText('b')}`);
    expect([code, stdout]).toEqual([1, 'job/b created\n']);
    expect(stderr).toBe(
      '<stdin>:7:10: spec.image: cannot be changed\n' +
        'job/a: delete the job, or apply it with replace=true\n' +
        'swarmerctl: the server refused 1 of 2 objects\n',
    );
  });

  it('replaces what cannot be changed when told to', async () => {
    api.put(job('a', { spec: { image: 'old' } }));
    expect((await apply(jobText('a'), '--replace')).stdout).toBe(
      'job/a replaced (spec.image: old → alpine:3.20)\n',
    );
  });

  it('asks for a replacement of jobs only: of a cron job everything can be changed', async () => {
    const template = '{spec: {image: x}}';
    const cron = `apiVersion: swarmer/v1\nkind: CronJob\nmetadata: {name: n}\nspec: {schedule: "@daily", jobTemplate: ${template}}\n`;
    const { stdout, stderr } = await apply(`${jobText('a')}---\n${cron}`, '--replace');
    expect([stdout, stderr]).toEqual(['job/a created\ncronjob/n created\n', '']);
  });

  it('stops at what concerns every object', async () => {
    api.route('PUT', '.*', () => problem(401, 'who are you?'));
    const { code } = await apply(`${jobText('a')}---\n${jobText('b')}`);
    expect([code, sent()]).toEqual([4, ['PUT /v1/namespaces/default/jobs/a']]);
  });

  it('changes nothing in a dry run', async () => {
    expect((await apply(jobText('a'), '--dry-run=server')).stdout).toBe(
      'job/a created (server dry run)\n',
    );
    expect(api.list('jobs')).toEqual([]);
    api.requests.length = 0;
    expect((await apply(jobText('a'), '--dry-run=client')).stdout).toBe(
      'job/a is valid (client dry run)\n',
    );
    expect(sent()).toEqual([]);
  });

  it('prints the objects for programs', async () => {
    const both = `${jobText('a')}---\n${jobText('b')}`;
    expect((await apply(both, '-o', 'name')).stdout).toBe('job/a\njob/b\n');
    const list = JSON.parse((await apply(both, '-o', 'json')).stdout) as { items: Job[] };
    expect(list.items.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
    expect((await apply(both, '-o', 'yaml')).stdout.split('---\n')).toHaveLength(2);
  });

  it('waits for the end of the jobs when told to', async () => {
    const applying = start(['apply', '-f', '-', '--wait'], { api, stdin: jobText('a') });
    await watched(api);
    api.put({
      ...(api.find('jobs', 'default', 'a') as Job),
      status: job('a', { phase: 'Failed' }).status,
    });
    expect(await applying.code).toBe(3);
    expect(applying.stderr.text).toContain('job/a is Failed');
  });

  describe('with --prune', () => {
    beforeEach(() => {
      api.put(job('stays', { labels: { app: 'x' } }));
      api.put(job('goes', { labels: { app: 'x' } }));
      api.put(cronJob('goes', { labels: { app: 'x' } }));
      api.put(
        job('of-cron', {
          labels: { app: 'x' },
          ownerReference: { kind: 'CronJob', name: 'c', uid: '1' },
        }),
      );
      api.put(job('unlabelled'));
      api.put(job('elsewhere', { labels: { app: 'x' }, namespace: 'other' }));
    });
    const left = () =>
      [...api.list('jobs'), ...api.list('cronjobs')].map(({ metadata }) => metadata.name);

    it('deletes what the selector finds and no file has', async () => {
      const { code, stdout, stderr } = await apply(
        jobText('stays'),
        '--prune',
        '-l',
        'app=x',
        '--yes',
      );
      expect([code, stdout.split('\n').slice(1)]).toEqual([
        0,
        ['cronjob/goes pruned', 'job/goes pruned', ''],
      ]);
      expect(stderr).toContain('  job/goes in namespace default\n');
      expect(left()).toEqual(['stays', 'of-cron', 'unlabelled', 'elsewhere']);
    });

    it('only tells of it in a dry run', async () => {
      const argv = ['--prune', '-l', 'app=x', '--dry-run'];
      for (const where of ['server', 'client']) {
        const { stdout } = await apply(jobText('stays'), ...argv, where);
        expect(stdout).toContain('job/goes pruned (dry run)\n');
      }
      expect(left()).toHaveLength(6);
    });

    it.each([
      [['--prune'], '--prune needs a selector'],
      [['--prune', '-l', ' '], '--prune needs a selector'],
      [['--prune', '-l', 'app=x'], 'say --yes'],
      [['-l', 'app=x'], 'it does nothing without it'],
    ])('is refused before anything is sent: %j', async (argv, words) => {
      const { code, stderr } = await apply(jobText('stays'), ...argv);
      expect(code).toBe(2);
      expect(stderr).toContain(words);
      expect(sent()).toEqual([]);
    });

    it('deletes nothing when an object was refused', async () => {
      const text = jobText('stays', ['image: another']);
      expect((await apply(text, '--prune', '-l', 'app=x', '--yes')).code).toBe(1);
      expect(left()).toHaveLength(6);
    });
  });
});
