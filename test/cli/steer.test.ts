import { expect, test } from 'vitest';
import type { Task } from '../../internal/cli/resources.ts';
import { waitFor } from '../lab/wait.ts';
import { HELD } from './held-task.ts';
import { cronJobFile, jobFile } from './manifest.ts';
import { serve } from './serve.ts';
import { verb } from './verb.ts';

const { ctl: program, image, receiver } = await serve('ctl-steer');
const ctl = program.in('steer');
const field = (object: string, path: string) =>
  ctl.read(['get', object, '-o', `jsonpath={${path}}`]);
const apply = (...files: string[]) =>
  ctl.read(['apply', '-f', '-'], { stdin: files.join('---\n') });
const held = { image, args: ['sh', '-c', HELD] };
const asleep = { image, args: ['true'], suspend: true };
const fails = { image, args: ['false'], backoffLimit: 0 };

function active(job: string, tasks: number): Promise<boolean> {
  const look = async () => (await field(job, '.status.counts.active')) === String(tasks);
  return waitFor(look, { what: `${tasks} active tasks of ${job}`, timeoutMs: 30_000 });
}

verb('cancel', () => {
  test('ends jobs that are named, and those with a label', async () => {
    const labels = { labels: { app: 'many' } };
    await apply(jobFile('one', held), jobFile('a', asleep, labels), jobFile('b', asleep, labels));
    await active('job/one', 1);
    expect(await ctl.read(['cancel', 'one'])).toBe('job/one cancelled\n');
    expect(await ctl.read(['cancel', '-l', 'app=many'])).toBe('job/a cancelled\njob/b cancelled\n');
    const ended = ['wait', 'one', 'a', 'b', '--for', 'cancelled', '--timeout', '60s'];
    expect((await ctl.run(ended)).code).toBe(0);
  });

  test('does nothing where one of several is not there, or has ended, and exits with 5', async () => {
    await apply(jobFile('there', asleep));
    const { code, stdout, stderr } = await ctl.run(['cancel', 'there', 'nothing', 'one']);
    expect([code, stdout]).toEqual([5, '']);
    expect(stderr).toBe(
      'swarmerctl: nothing was done\n  job/nothing does not exist in namespace steer\n' +
        '  job/one is finished\n',
    );
    expect(await field('job/there', '.status.cancelRequested')).toBe('');
    for (const words of [['suspend'], ['resume'], ['delete'], ['retry', 'jobs']]) {
      const outcome = await ctl.run([...words, 'nothing', 'there']);
      expect(outcome).toMatchObject({ code: 5, stdout: '' });
    }
    expect(await field('job/there', '.spec.suspend')).toBe('true');
  });
});

verb('suspend', () => {
  test('keeps what waits of a job from starting; a cron job passes its times', async () => {
    await apply(
      jobFile('paused', { ...held, completions: 3, parallelism: 1 }),
      cronJobFile('yearly', { schedule: '0 3 1 1 *', jobTemplate: { spec: { image } } }),
    );
    await active('job/paused', 1);
    const names = ['job/paused', 'cronjob/yearly'];
    expect(await ctl.read(['suspend', ...names])).toBe(
      'job/paused suspended\ncronjob/yearly suspended\n',
    );
    await ctl.read(['apply', '-f', '-'], {
      stdin: jobFile('paused', { ...held, completions: 3, parallelism: 3 }),
    });
    expect(await field('job/paused', '.spec.suspend')).toBe('true');
    expect(await field('job/paused', '.status.counts.active')).toBe('1');
    expect(await ctl.read(['get', 'cronjobs'])).toMatch(/^yearly .* True /m);
    const both = ['wait', 'paused', '--for', 'condition=Suspended', '--timeout', '30s'];
    expect((await ctl.run(both)).code).toBe(0);
  });
});

verb('resume', () => {
  test('lets a job and a cron job go on', async () => {
    const names = ['job/paused', 'cronjob/yearly'];
    expect(await ctl.read(['resume', ...names])).toBe(
      'job/paused resumed\ncronjob/yearly resumed\n',
    );
    await active('job/paused', 3);
    expect(await ctl.read(['get', 'cronjobs'])).toMatch(/^yearly .* False /m);
    await ctl.read(['cancel', 'paused']);
  });
});

verb('retry', () => {
  test('runs the tasks of a failed job again', async () => {
    await apply(jobFile('again', fails));
    expect((await ctl.run(['wait', 'again', '--timeout', '60s'])).code).toBe(3);
    expect(await ctl.read(['retry', 'again'])).toBe('job/again to be retried (1 task)\n');
    expect((await ctl.run(['wait', 'again', '--timeout', '60s'])).code).toBe(3);
    const types = await ctl.read(['events', 'again', '-o', 'jsonpath={.items[*].type}']);
    expect(types.match(/RetryRequested.* Failed.* Finished/)).not.toBeNull();
  });

  test('runs those of its tasks again that are named, and no others; all, or none', async () => {
    const script = '[ $SWARMER_TASK_INDEX = 0 ] || [ $SWARMER_ATTEMPT = 2 ]';
    const spec = { image, args: ['sh', '-c', script], backoffLimit: 0, completions: 20 };
    await apply(jobFile('many', { ...spec, maxFailedTasks: 20 }));
    expect((await ctl.run(['wait', 'many', '--timeout', '60s'])).code).toBe(3);
    const attempts = async () => {
      const { items } = await ctl.json<{ items: Task[] }>(['get', 'tasks', 'many']);
      return items.flatMap((task) => (task.attempts === 2 ? [[task.name, task.phase]] : []));
    };
    for (const argv of [
      ['16', 'nothing'],
      ['16', '20'],
      ['16', '0'],
      ['16', 'job/again'],
    ]) {
      const refused = await ctl.run(['retry', 'many', ...argv]);
      expect([argv, refused.code === 0, refused.stdout]).toEqual([argv, false, '']);
      expect(await field('job/many', '.status.phase')).toBe('Failed');
    }
    expect(await ctl.read(['retry', 'many', '16'])).toBe('job/many to be retried (1 task)\n');
    expect((await ctl.run(['wait', 'many', '--timeout', '60s'])).code).toBe(3);
    expect(await attempts()).toEqual([['16', 'Succeeded']]);
    expect(await field('job/many', '.status.counts.failed')).toBe('18');
    const rest = Array.from({ length: 19 }, (_, i) => String(i + 1)).filter(
      (name) => name !== '16',
    );
    expect(await ctl.read(['retry', 'job/many', ...rest])).toContain('(18 tasks)');
    expect((await ctl.run(['wait', 'many', '--timeout', '60s'])).code).toBe(0);
  });
});

verb('delete', () => {
  test('removes what is named, of a file, and what has a label', async () => {
    const files = ['x', 'y', 'z'].map((name) => jobFile(name, asleep, { labels: { app: name } }));
    await apply(
      ...files,
      cronJobFile('gone', { schedule: '@daily', jobTemplate: { spec: { image } } }),
    );
    const named = ['delete', 'job/x', 'cronjob/gone', '--wait'];
    expect(await ctl.read(named)).toBe('job/x deleted\ncronjob/gone deleted\n');
    const file = ctl.file('y.yaml', files[1] ?? '');
    expect(await ctl.read(['delete', '-f', file, '--wait'])).toBe('job/y deleted\n');
    const selected = ['delete', 'jobs', '-l', 'app=z', '--wait'];
    expect(await ctl.read(selected)).toBe('job/z deleted\n');
    const left = ['get', 'jobs', '-l', 'app in (x,y,z)', '-o', 'name'];
    expect(await ctl.run(left)).toMatchObject({ code: 0, stdout: '' });
  });

  test('exits with 5 where there is nothing, and not with --ignore-not-found', async () => {
    expect((await ctl.run(['delete', 'job', 'x'])).code).toBe(5);
    const lenient = await ctl.run(['delete', 'job', 'x', '--ignore-not-found']);
    expect(lenient).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('of a job that runs stops its tasks', async () => {
    await apply(jobFile('busy', held));
    await active('job/busy', 1);
    expect(await ctl.read(['delete', 'job/busy', '--wait'])).toBe('job/busy deleted\n');
    expect((await ctl.run(['get', 'job', 'busy'])).code).toBe(5);
  });
});

verb('trigger', () => {
  test('makes a job of a cron job now', async () => {
    const template = { spec: { image, args: ['echo', 'done'] } };
    await apply(cronJobFile('nightly', { schedule: '0 3 1 1 *', jobTemplate: template }));
    const made = await ctl.read(['trigger', 'nightly']);
    expect(made).toMatch(/^job\/nightly-\S+ created\n$/);
    const job = made.slice('job/'.length, made.indexOf(' '));
    await ctl.read(['wait', job, '--timeout', '60s']);
    expect(await ctl.read(['logs', job])).toBe('done\n');
    expect(await field(`job/${job}`, '.metadata.ownerReference.name')).toBe('nightly');
  });
});

verb('callbacks redeliver', () => {
  test('sends the same bytes again', async () => {
    await apply(jobFile('told', { ...fails, callback: { url: receiver.url('/told') } }));
    const { text } = await receiver.delivery('/told');
    const state = () => ctl.read(['callbacks', 'show', 'told']);
    await waitFor(async () => (await state()).includes('state: delivered'), {
      what: 'the delivery to be written down',
    });
    const again = receiver.delivered('/told');
    expect(await ctl.read(['callbacks', 'redeliver', 'told'])).toBe('job/told to be redelivered\n');
    expect((await again).text).toBe(text);
    expect(receiver.at('/told')).toHaveLength(2);
  });
});
