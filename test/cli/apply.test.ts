import { expect, test } from 'vitest';
import { waitFor } from '../lab/wait.ts';
import { HELD } from './held-task.ts';
import { jobFile } from './manifest.ts';
import { serve } from './serve.ts';
import { verb } from './verb.ts';

const { ctl: program, image } = await serve('ctl-apply', { SWARMER_MAX_CONCURRENT_TASKS: '8' });
const ctl = program.in('apply');
const held = { image, args: ['sh', '-c', HELD], completions: 6 };

/** How many tasks of a job run. */
async function active(job: string): Promise<number> {
  return Number(await ctl.read(['get', 'job', job, '-o', 'jsonpath={.status.counts.active}']));
}

function reaches(job: string, tasks: number) {
  const what = `${tasks} active tasks`;
  return waitFor(async () => (await active(job)) === tasks, { what, timeoutMs: 30_000 });
}

verb('apply', () => {
  test('says "unchanged" the second time, and writes nothing', async () => {
    const file = ctl.file('same.yaml', jobFile('same', { image, suspend: true }));
    const created = { code: 0, stdout: 'job/same created\n', stderr: '' };
    expect(await ctl.run(['apply', '-f', file])).toEqual(created);
    await ctl.read(['wait', 'same', '--for', 'condition=Suspended', '--timeout', '30s']);
    const before = await ctl.json<{ metadata: { resourceVersion: string } }>(['get', 'jobs']);
    expect(Number(before.metadata.resourceVersion)).toBeGreaterThan(0);
    const unchanged = { code: 0, stdout: 'job/same unchanged\n', stderr: '' };
    expect(await ctl.run(['apply', '-f', file])).toEqual(unchanged);
    // With the versions of the object and of the whole store.
    expect(await ctl.json(['get', 'jobs'])).toEqual(before);
  });

  test('changes the parallelism of a job that runs', async () => {
    const spec = (parallelism: number) => jobFile('wide', { ...held, parallelism });
    await ctl.read(['apply', '-f', '-'], { stdin: spec(1) });
    await reaches('wide', 1);
    const wider = await ctl.run(['apply', '-f', '-'], { stdin: spec(3) });
    const stdout = 'job/wide configured (spec.parallelism: 1 → 3)\n';
    expect(wider).toEqual({ code: 0, stdout, stderr: '' });
    await reaches('wide', 3);
  });

  test('refuses another image for a job that runs, and says what can be done', async () => {
    const other = jobFile('wide', { ...held, parallelism: 3, image: 'other:2' });
    const file = ctl.file('other.yaml', other);
    const line = other.split('\n').findIndex((text) => text.includes('other:2')) + 1;
    const { code, stdout, stderr } = await ctl.run(['apply', '-f', file]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`${file}:${line}:14: spec.image: `);
    expect(stderr).toContain('--replace');
    expect(await active('wide')).toBe(3);
    const image = await ctl.read(['get', 'job', 'wide', '-o', 'jsonpath={.spec.image}']);
    expect(image).not.toContain('other');
  });

  test('makes it anew with --replace', async () => {
    const short = jobFile('wide', { image, args: ['true'] });
    const replaced = await ctl.read(
      ['apply', '-f', '-', '--replace', '--wait', '--timeout', '60s'],
      {
        stdin: short,
      },
    );
    expect(replaced).toBe('job/wide replaced\n');
  });

  test('with --wait exits with 3 when the job fails', async () => {
    const stdin = jobFile('bad', { image, args: ['false'], backoffLimit: 0 });
    const { code, stdout, stderr } = await ctl.run(['apply', '-f', '-', '--wait'], { stdin });
    expect([code, stdout]).toEqual([3, 'job/bad created\n']);
    expect(stderr).toMatch(/^swarmerctl: job\/bad is Failed: .+\n$/);
  });

  test('in a dry run tells what it would do, and does nothing', async () => {
    const stdin = jobFile('dry', { image });
    const server = await ctl.run(['apply', '-f', '-', '--dry-run', 'server'], { stdin });
    expect(server).toEqual({ code: 0, stdout: 'job/dry created (server dry run)\n', stderr: '' });
    const client = await ctl.run(['apply', '-f', '-', '--dry-run', 'client'], { stdin });
    expect(client.code).toBe(0);
    expect((await ctl.run(['get', 'job', 'dry'])).code).toBe(5);
  });

  test('with --prune deletes what the files no longer have', async () => {
    const part = (name: string) =>
      jobFile(name, { image, suspend: true }, { labels: { app: 'parts' } });
    await ctl.read(['apply', '-f', '-'], { stdin: `${part('a')}---\n${part('b')}` });
    const prune = ['apply', '-f', '-', '--prune', '-l', 'app=parts', '--yes'];
    const outcome = await ctl.run(prune, { stdin: part('a') });
    expect(outcome).toEqual({
      code: 0,
      stdout: 'job/a unchanged\njob/b pruned\n',
      stderr: expect.any(String),
    });
    await ctl.read(['wait', 'b', '--for', 'delete', '--timeout', '30s']);
    expect(await ctl.read(['get', 'jobs', '-l', 'app=parts', '-o', 'name'])).toBe('job/a\n');
  });
});

verb('diff', () => {
  const file = (parallelism: number, image: string) =>
    jobFile('compared', { image, completions: 4, parallelism, suspend: true });

  test('exits with 0 where nothing differs, with 1 where something does', async () => {
    await ctl.read(['apply', '-f', '-'], { stdin: file(2, image) });
    const same = await ctl.run(['diff', '-f', '-'], { stdin: file(2, image) });
    expect(same).toEqual({ code: 0, stdout: '', stderr: '' });
    const { code, stdout, stderr } = await ctl.run(['diff', '-f', '-'], { stdin: file(4, image) });
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toContain('--- live/apply/job/compared\n+++ files/apply/job/compared\n');
    expect(stdout).toContain('\n-  parallelism: 2\n+  parallelism: 4\n');
  });

  test('exits with more than 1 where it cannot tell', async () => {
    const broken = await ctl.run(['diff', '-f', '-'], { stdin: 'kind: Job\n' });
    const refused = await ctl.run(['diff', '-f', '-'], { stdin: file(2, 'other:2') });
    const away = await ctl.at('http://127.0.0.1:9').run(['diff', '-f', '-'], {
      stdin: file(2, image),
    });
    expect([broken.code, refused.code, away.code]).toEqual([2, 2, 2]);
    expect(refused.stderr).toContain('spec.image: ');
    expect(away.stderr).toContain('127.0.0.1:9 cannot be reached');
  });
});

verb('create', () => {
  test('makes the objects of a file, once', async () => {
    const stdin = jobFile('new', { image, suspend: true });
    const made = await ctl.run(['create', '-f', '-'], { stdin });
    expect(made).toEqual({ code: 0, stdout: 'job/new created\n', stderr: '' });
    const again = await ctl.run(['create', '-f', '-'], { stdin });
    expect([again.code, again.stdout]).toEqual([1, '']);
    expect(again.stderr).toMatch(/^<stdin>:5:13: job\/new: .*already.*\n$/);
  });
});

verb('create job', () => {
  test('makes a job that runs', async () => {
    const options = ['--image', image, '--completions', '2', '-e', 'WORD=part', '-l', 'app=made'];
    const command = ['sh', '-c', 'echo $WORD $(INDEX)'];
    const made = await ctl.read(['create', 'job', 'made', ...options, '--', ...command]);
    expect(made).toBe('job/made created\n');
    await ctl.read(['wait', 'made', '--timeout', '60s']);
    expect(await ctl.read(['logs', 'made', '1'])).toBe('part 1\n');
    expect(await ctl.read(['get', 'jobs', '-l', 'app=made', '-o', 'name'])).toBe('job/made\n');
  });

  test('begins a file that apply takes', async () => {
    const draft = ['--image', image, '--dry-run', 'client', '-o', 'yaml', '--', 'true'];
    const stdin = await ctl.read(['create', 'job', 'draft', ...draft]);
    expect(await ctl.read(['diff', '-f', '-'], { stdin }).catch(String)).toContain('exits with 1');
    expect(await ctl.read(['apply', '-f', '-'], { stdin })).toBe('job/draft created\n');
  });
});

verb('create cronjob', () => {
  test('makes a cron job', async () => {
    const when = ['--schedule', '0 3 1 1 *', '--time-zone', 'Europe/Berlin'];
    const command = ['--', 'echo', 'hi'];
    const made = await ctl.read([
      'create',
      'cronjob',
      'yearly',
      ...when,
      '--image',
      image,
      ...command,
    ]);
    expect(made).toBe('cronjob/yearly created\n');
    const path = 'jsonpath={.spec.schedule}|{.spec.timeZone}|{.spec.jobTemplate.spec.args[*]}';
    const fields = await ctl.read(['get', 'cronjob', 'yearly', '-o', path]);
    expect(fields).toBe('0 3 1 1 *|Europe/Berlin|echo hi');
  });
});

verb('convert', () => {
  test('makes a manifest of one of Kubernetes, which apply takes and which runs', async () => {
    const container = { name: 'main', image, command: ['sh', '-c', 'echo from kubernetes'] };
    const template = { spec: { restartPolicy: 'Never', containers: [container] } };
    const kubernetes = {
      ...{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'foreign' } },
      spec: { backoffLimit: 0, template },
    };
    const file = ctl.file('kubernetes.yaml', JSON.stringify(kubernetes));
    const refused = await ctl.run(['apply', '-f', file]);
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    const stdin = await ctl.read(['convert', '-f', file]);
    const applied = ['apply', '-f', '-', '--wait', '--timeout', '60s'];
    expect(await ctl.read(applied, { stdin })).toBe('job/foreign created\n');
    expect(await ctl.read(['logs', 'foreign'])).toBe('from kubernetes\n');
  });
});
