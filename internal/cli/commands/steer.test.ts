import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXIT } from '../errors.ts';
import { FakeApi } from '../testing/fake-api.ts';
import { expectGolden } from '../testing/golden.ts';
import { problem } from '../testing/http-fake.ts';
import { ago, cronJob, job } from '../testing/objects.ts';
import { run, start } from '../testing/run.ts';

let api: FakeApi;

beforeEach(async () => {
  api = await FakeApi.start();
  api.put(job('a', { labels: { app: 'x' } }));
  api.put(job('b', { labels: { app: 'x' } }));
  api.put(job('c', { namespace: 'other', labels: { app: 'x' } }));
  api.put(cronJob('nightly'));
});

afterEach(() => api.close());

function sent(): string[] {
  return api.requests
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => `${method} ${path.replace('/v1/namespaces/', '')}`);
}

describe('verbs that steer', () => {
  it.each([
    [
      ['cancel', 'a', 'job/b'],
      'job/a cancelled\njob/b cancelled\n',
      ['POST default/jobs/a/cancel', 'POST default/jobs/b/cancel'],
    ],
    [['suspend', 'a'], 'job/a suspended\n', ['POST default/jobs/a/suspend']],
    [
      ['suspend', 'cronjob/nightly'],
      'cronjob/nightly suspended\n',
      ['POST default/cronjobs/nightly/suspend'],
    ],
    [
      ['resume', 'cronjob', 'nightly'],
      'cronjob/nightly resumed\n',
      ['POST default/cronjobs/nightly/resume'],
    ],
    [
      ['trigger', 'nightly'],
      'job/nightly-manual created\n',
      ['POST default/cronjobs/nightly/trigger'],
    ],
    [
      ['callbacks', 'redeliver', 'a'],
      'job/a to be redelivered\n',
      ['POST default/jobs/a/redeliver'],
    ],
    [
      ['delete', 'a', 'cronjob/nightly'],
      'job/a deleted\ncronjob/nightly deleted\n',
      ['DELETE default/jobs/a', 'DELETE default/cronjobs/nightly'],
    ],
    [['delete', 'job', 'c', '-n', 'other'], 'job/c deleted\n', ['DELETE other/jobs/c']],
    [
      ['cancel', '-l', 'app=x'],
      'job/a cancelled\njob/b cancelled\n',
      ['POST default/jobs/a/cancel', 'POST default/jobs/b/cancel'],
    ],
    [
      ['delete', 'jobs', '-l', 'app=x', '-A'],
      'job/a deleted\njob/b deleted\njob/c deleted\n',
      ['DELETE default/jobs/a', 'DELETE default/jobs/b', 'DELETE other/jobs/c'],
    ],
  ])('%j', async (argv, stdout, requests) => {
    expect(await run(argv, { api })).toEqual({ code: EXIT.ok, stdout, stderr: '' });
    expect(sent()).toEqual(requests);
  });

  it.each([
    ['cancel', 'a', 'nope', 'b'],
    ['suspend', 'a', 'nope', 'b'],
    ['resume', 'job/nope', 'cronjob/nightly'],
    ['retry', 'jobs', 'nope', 'a'],
    ['trigger', 'nightly', 'nope'],
    ['callbacks', 'redeliver', 'nope', 'a'],
    ['delete', 'a', 'cronjob/nightly', 'nope'],
    ['delete', 'a', 'nope', '--wait'],
  ])('do nothing when one of several is not there: %s %s %s', async (...argv) => {
    const { code, stdout, stderr } = await run(argv, { api });
    expect([code, stdout]).toEqual([EXIT.notFound, '']);
    expect(stderr).toMatch(/^swarmerctl: nothing was done\n/);
    expect(stderr).toMatch(/^ {2}(?:cron)?job\/nope does not exist in namespace default$/m);
    expect(sent()).toEqual([]);
  });

  it.each([
    [['cancel', 'a', 'done'], 'job/done is finished'],
    [['suspend', 'done', 'a'], 'job/done is finished'],
    [['resume', 'a', 'done'], 'job/done is finished'],
    [['retry', 'jobs', 'done', 'a'], 'job/a is not finished'],
    [['retry', 'job/failed', 'job/done'], 'job/done has no task that did not succeed'],
    [['callbacks', 'redeliver', 'a', 'done'], 'job/a is not finished'],
    [['callbacks', 'redeliver', 'failed', 'done'], 'job/done has no callback'],
  ])('do nothing when one of several cannot take it: %j', async (argv, words) => {
    const callback = { url: 'http://x/' };
    api.put(job('done', { phase: 'Complete', counts: { total: 1, succeeded: 1 } }));
    api.put(
      job('failed', { phase: 'Failed', counts: { total: 1, failed: 1 }, spec: { callback } }),
    );
    const { code, stdout, stderr } = await run(argv, { api });
    expect([code, stdout]).toEqual([EXIT.error, '']);
    expect(stderr.split('\n')).toContain(`  ${words}`);
    expect(sent()).toEqual([]);
  });

  it('tell everything that stands in the way, at once', async () => {
    api.put(job('done', { phase: 'Complete' }));
    const { code, stderr } = await run(['cancel', 'a', 'done', 'x', 'y'], { api });
    expect([code, stderr]).toEqual([
      EXIT.error,
      'swarmerctl: nothing was done\n  job/done is finished\n' +
        '  job/x does not exist in namespace default\n  job/y does not exist in namespace default\n',
    ]);
  });

  it('act once on what is named twice', async () => {
    const { code, stdout } = await run(['cancel', 'a', 'job/a', 'b'], { api });
    expect([code, stdout]).toEqual([EXIT.ok, 'job/a cancelled\njob/b cancelled\n']);
  });

  it('go on after a failure of one that was there, and exit with its code', async () => {
    api.route('POST', '/v1/namespaces/default/jobs/a/cancel', () =>
      problem(409, 'ended meanwhile'),
    );
    const outcome = await run(['cancel', 'a', 'b'], { api });
    expect(outcome).toEqual({
      code: EXIT.error,
      stdout: 'job/b cancelled\n',
      stderr: 'swarmerctl: ended meanwhile\n',
    });
  });

  it('of what is selected take what can take it, and tell of the others', async () => {
    api.route('POST', '/v1/namespaces/default/jobs/a/cancel', () => problem(409, 'it is finished'));
    const { code, stdout } = await run(['cancel', '-l', 'app=x'], { api });
    expect([code, stdout]).toEqual([EXIT.error, 'job/b cancelled\n']);
  });

  it('do not act on everything by mistake', async () => {
    for (const argv of [['delete'], ['cancel'], ['delete', 'a', '-l', 'app=x'], ['trigger']]) {
      expect((await run(argv, { api })).code).toBe(EXIT.usage);
    }
    expect(sent()).toEqual([]);
  });

  it('say that they do not know a kind', async () => {
    const { code, stderr } = await run(['cancel', 'cronjob/nightly'], { api });
    expect([code, stderr]).toEqual([EXIT.usage, expect.stringContaining('There are jobs')]);
  });

  it('are refused without a token', async () => {
    api.route('POST', '.*', () => problem(401, 'a token is needed'));
    const { code, stderr } = await run(['cancel', 'a'], { api });
    expect([code, stderr]).toEqual([EXIT.notAuthorised, expect.stringContaining('SWARMER_TOKEN')]);
  });
});

describe('retry', () => {
  const retried = () =>
    api.requests.filter(({ method }) => method === 'POST').map(({ path, body }) => [path, body]);

  beforeEach(() => {
    for (const name of ['x', 'y']) {
      api.put(job(name, { phase: 'Failed', counts: { total: 20, failed: 3, succeeded: 17 } }));
    }
    api.route('POST', '/v1/namespaces/default/jobs/([^/]+)/retry', ({ body }) => {
      const { tasks } = (body ?? {}) as { tasks?: string[] };
      return { body: { ...job('x'), retried: tasks?.length ?? 3 } };
    });
  });

  it.each([
    [['x'], [['x', undefined]], 'job/x to be retried (3 tasks)\n'],
    [['x', '16'], [['x', ['16']]], 'job/x to be retried (1 task)\n'],
    [['job/x', 'north', '2'], [['x', ['north', '2']]], 'job/x to be retried (2 tasks)\n'],
    [
      ['jobs', 'x', 'y'],
      [
        ['x', undefined],
        ['y', undefined],
      ],
      'job/x to be retried (3 tasks)\njob/y to be retried (3 tasks)\n',
    ],
    [
      ['job/x', 'job/y'],
      [
        ['x', undefined],
        ['y', undefined],
      ],
      'job/x to be retried (3 tasks)\njob/y to be retried (3 tasks)\n',
    ],
  ])('%j', async (argv, calls, stdout) => {
    expect(await run(['retry', ...argv], { api })).toEqual({ code: EXIT.ok, stdout, stderr: '' });
    expect(retried()).toEqual(
      calls.map(([name, tasks]) => [
        `/v1/namespaces/default/jobs/${name}/retry`,
        tasks && { tasks },
      ]),
    );
  });

  it.each([
    [['x', 'job/y', '16']],
    [['x', 'job/y']],
    [['job/x', '16', 'job/y']],
    [['x', '16', '-l', 'app=x']],
    [[]],
  ])('takes no mixture: %j', async (argv) => {
    expect((await run(['retry', ...argv], { api })).code).toBe(EXIT.usage);
    expect(retried()).toEqual([]);
  });

  it('says which tasks the job does not have, and that none was retried', async () => {
    const errors = [{ path: 'tasks[1]', message: 'the job has no task "y", by name or by index' }];
    api.route('POST', '/v1/namespaces/default/jobs/x/retry', () =>
      problem(400, 'There is 1 problem with the body.', errors),
    );
    expect(await run(['retry', 'x', '16', 'y'], { api })).toEqual({
      code: EXIT.notFound,
      stdout: '',
      stderr:
        'swarmerctl: no task was retried\n  task y: the job has no task "y", by name or by index\n' +
        '  several jobs are retried by "swarmerctl retry jobs NAME..."\n',
    });
  });

  it('says which tasks have succeeded', async () => {
    const errors = [{ path: 'tasks[0]', message: 'has succeeded' }];
    api.route('POST', '/v1/namespaces/default/jobs/x/retry', () => problem(409, 'no', errors));
    const { code, stderr } = await run(['retry', 'x', '16'], { api });
    expect([code, stderr]).toEqual([
      EXIT.error,
      'swarmerctl: no task was retried\n  task 16: has succeeded\n',
    ]);
  });
});

describe('delete', () => {
  it('waits with --wait until the object is gone, not until another one is', async () => {
    api.route('DELETE', '/v1/namespaces/default/jobs/a', () => ({ status: 202 }));
    const deleting = start(['delete', 'a', '--wait'], { api });
    while (api.watchers === 0) await new Promise((resolve) => setImmediate(resolve));
    api.remove(job('a', { uid: 'another' }));
    expect(deleting.stdout.text).toBe('');
    api.remove(job('a'));
    expect(await deleting.code).toBe(EXIT.ok);
    expect(deleting.stdout.text).toBe('job/a deleted\n');
  });

  it('takes it with --ignore-not-found that there is nothing', async () => {
    const outcome = await run(['delete', 'nope', '--ignore-not-found'], { api });
    expect(outcome).toEqual({ code: EXIT.ok, stdout: '', stderr: '' });
    const others = await run(['delete', 'a', 'nope', '--ignore-not-found'], { api });
    expect(others).toEqual({ code: EXIT.ok, stdout: 'job/a deleted\n', stderr: '' });
  });
});

describe('delete -f', () => {
  it('removes the objects of the files', async () => {
    const manifest = (kind: string, name: string, spec: string) =>
      `apiVersion: swarmer/v1\nkind: ${kind}\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
    const cron = '{schedule: "@daily", jobTemplate: {spec: {image: x}}}';
    const stdin = `${manifest('Job', 'b', '{image: x}')}---\n${manifest('CronJob', 'nightly', cron)}`;
    const outcome = await run(['delete', '-f', '-'], { api, stdin });
    expect(outcome).toEqual({
      code: EXIT.ok,
      stdout: 'job/b deleted\ncronjob/nightly deleted\n',
      stderr: '',
    });
    expect(sent()).toEqual(['DELETE default/jobs/b', 'DELETE default/cronjobs/nightly']);
  });

  it('takes no names beside', async () => {
    expect((await run(['delete', 'a', '-f', '-'], { api })).code).toBe(EXIT.usage);
    expect(sent()).toEqual([]);
  });
});

describe('callbacks show', () => {
  it('prints the state of a callback', async () => {
    const url = 'https://x/';
    api.callbacks.push({
      namespace: 'default',
      name: 'a',
      uid: 'u',
      url,
      state: 'dead',
      attempts: 3,
    });
    const { code, stdout } = await run(['callbacks', 'show', 'a'], { api });
    expect([code, stdout]).toEqual([
      EXIT.ok,
      expect.stringContaining('state: dead\nattempts: 3\n'),
    ]);
  });
});

describe('top', () => {
  beforeEach(() => {
    api.cluster = {
      nodes: [{ id: 'i', hostname: 'n1', state: 'ready', availability: 'active', active: 3 }],
      slots: { used: 3, max: 12 },
      updatedAt: ago(2),
    };
    api.put(job('busy', { counts: { total: 9, active: 3, pending: 2, succeeded: 4 } }));
  });

  it('shows slots, nodes and the busiest jobs', async () => {
    const { code, stdout } = await run(['top'], { api });
    expect(code).toBe(EXIT.ok);
    expectGolden('top', stdout);
  });

  it('shows rates once it has seen two readings', async () => {
    let ms = 0;
    const { stillClock } = await import('../testing/run.ts');
    const clock = { ...stillClock, monotonic: () => (ms += 2000) };
    const watching = start(['top', '-w'], { api, clock });
    await watching.stdout.until('RATE');
    api.put(job('busy', { counts: { total: 9, active: 1, pending: 0, succeeded: 8 } }));
    await watching.stdout.until('2.0/s');
    watching.interrupt();
    expect(await watching.code).toBe(EXIT.interrupted);
    // How often it has looked before the rate was there is left to chance.
    const views = watching.stdout.text.split('\n\nSlots:');
    const view = views.find((text) => text.includes('2.0/s')) ?? '';
    expectGolden('top-rates', `Slots:${view.trimEnd()}\n`);
  });
});
