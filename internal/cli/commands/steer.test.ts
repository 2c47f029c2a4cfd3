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
    [['retry', 'a'], 'job/a to be retried\n', ['POST default/jobs/a/retry']],
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

  it('go on after a failure, and exit with its code', async () => {
    api.route('POST', '/v1/namespaces/default/jobs/a/cancel', () => problem(409, 'it is finished'));
    const outcome = await run(['cancel', 'a', 'b'], { api });
    expect([outcome.code, outcome.stdout]).toEqual([EXIT.error, 'job/b cancelled\n']);
    expect(outcome.stderr).toContain('it is finished');
  });

  // Regression: "retry job 16" ran the whole job again before it found that 16 is none.
  it.each(['cancel', 'suspend', 'resume', 'retry'])(
    'do nothing when one of several names is none: %s',
    async (verb) => {
      const outcome = await run([verb, 'a', '16', 'b'], { api });
      expect([outcome.code, outcome.stdout, sent()]).toEqual([EXIT.notFound, '', []]);
      expect(outcome.stderr).toContain('job/16 is not there in namespace default');
    },
  );

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
