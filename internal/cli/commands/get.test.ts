import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { EXIT } from '../errors.ts';
import { FakeApi } from '../testing/fake-api.ts';
import { expectGolden } from '../testing/golden.ts';
import { problem } from '../testing/http-fake.ts';
import { ago, cronJob, job, task } from '../testing/objects.ts';
import { run, start } from '../testing/run.ts';

let api: FakeApi;

beforeEach(async () => {
  api = await FakeApi.start();
});

afterEach(() => api.close());

const report = job('report', {
  labels: { app: 'report', tier: 'batch' },
  creationTimestamp: ago(7500),
  counts: { total: 10, pending: 3, active: 2, succeeded: 4, failed: 1 },
  status: { startTime: ago(7000) },
});

function fill(): void {
  api.put(report);
  api.put(
    job('old', {
      phase: 'Complete',
      counts: { total: 1, succeeded: 1 },
      status: { finishedAt: ago(65) },
    }),
  );
  api.put(job('held', { spec: { suspend: true }, counts: { total: 5, pending: 5 } }));
  api.put(
    job('elsewhere', { namespace: 'other', phase: 'Failed', creationTimestamp: ago(400_000) }),
  );
}

async function stdout(argv: string[], tty = false): Promise<string> {
  const outcome = await run(argv, { api, tty });
  expect([outcome.code, outcome.stderr]).toEqual([EXIT.ok, '']);
  return outcome.stdout;
}

describe('get jobs', () => {
  it.each([
    ['jobs', ['get', 'jobs']],
    ['jobs-all-namespaces', ['get', 'jobs', '-A']],
    ['jobs-wide', ['get', 'job', '-o', 'wide']],
    ['jobs-no-headers', ['get', 'jobs', '--no-headers']],
  ])('prints a table: %s', async (golden, argv) => {
    fill();
    expectGolden(golden, await stdout(argv));
  });

  it('colours phases on a terminal, and the columns stay in line', async () => {
    fill();
    const text = await stdout(['get', 'jobs', '-A'], true);
    expect(text).toContain('\u001b[31mFailed\u001b[39m');
    const plain = stripVTControlCharacters(text).replaceAll(/ +$/gm, '');
    expect(plain).toBe(await stdout(['get', 'jobs', '-A']));
  });

  it('shows escape sequences in what the server says, and does not obey them', async () => {
    api.put(job('evil', { labels: { x: 'a\u001b[2J\nb\u009b\u202e' } }));
    expectGolden('jobs-terminal-safe', await stdout(['get', 'jobs', '-o', 'wide']));
  });

  it('asks the server to select', async () => {
    fill();
    const argv = ['get', 'jobs', '-l', 'app=report', '--field-selector', 'status.phase=Running'];
    expect(await stdout([...argv, '-o', 'name'])).toBe('job/report\n');
    const { query } = api.requests.at(-1) ?? {};
    expect([query?.get('labelSelector'), query?.get('fieldSelector')]).toEqual([
      'app=report',
      'status.phase=Running',
    ]);
  });

  it('follows the pages of a long list', async () => {
    for (let at = 0; at < 1200; at++) api.put(job(`j${at}`));
    const names = (await stdout(['get', 'jobs', '-o', 'name'])).trimEnd().split('\n');
    expect([names.length, names[0], names[1199]]).toEqual([1200, 'job/j0', 'job/j1199']);
  });

  it('prints one object as it is, and several as a list', async () => {
    fill();
    expect(JSON.parse(await stdout(['get', 'job', 'report', '-o', 'json']))).toEqual(
      api.list('jobs')[0],
    );
    expect(parse(await stdout(['get', 'job/old', 'job/held', '-o', 'yaml']))).toMatchObject({
      kind: 'List',
      items: [{ metadata: { name: 'old' } }, { metadata: { name: 'held' } }],
    });
    expect(JSON.parse(await stdout(['get', 'jobs', '-o', 'json']))).toMatchObject({
      kind: 'JobList',
      metadata: { resourceVersion: api.resourceVersion },
    });
  });

  it('fills in a template', async () => {
    fill();
    const template =
      'jsonpath={range .items[*]}{.metadata.name}={.status.counts.total}{"\\n"}{end}';
    expect(await stdout(['get', 'jobs', '-o', template])).toBe('report=10\nold=1\nheld=5\n');
  });

  it('says on stderr that there is nothing', async () => {
    const { code, stdout, stderr } = await run(['get', 'jobs', '-n', 'empty'], { api });
    expect([code, stdout]).toEqual([EXIT.ok, '']);
    expect(stderr).toBe('There are no jobs in namespace "empty".\n');
  });

  it.each([
    [['get', 'job', 'nope'], EXIT.notFound, 'there is no job "nope"'],
    [['get', 'jbos'], EXIT.usage, 'did you mean "jobs"?'],
    [['get', 'jobs', '-o', 'xml'], EXIT.usage, 'no output format "xml"'],
    [['get', 'jobs', 'a', '-A'], EXIT.usage, 'names cannot stand beside -A'],
    [['get', 'jobs', 'a', 'b', '-w'], EXIT.usage, '-w watches'],
    [['get', 'tasks'], EXIT.usage, 'give one job'],
    [['get', 'job/a', 'b'], EXIT.usage, 'must begin with "job/"'],
  ])('%j ends with %i', async (argv, code, words) => {
    const outcome = await run(argv, { api });
    expect([outcome.code, outcome.stdout]).toEqual([code, '']);
    expect(outcome.stderr).toContain(words);
  });
});

describe('get jobs -w', () => {
  it('prints what is there and every change, over a lost connection', async () => {
    fill();
    api.once('GET', '/v1/namespaces/default/jobs', (_, stream) => void stream.cut());
    const watching = start(['get', 'jobs', '-w'], { api });
    await watching.stdout.until('held');
    while (api.watchers === 0) await new Promise((resolve) => setImmediate(resolve));
    api.put({ ...report, status: { ...report.status, phase: 'Complete' } });
    await watching.stdout.until(/Complete +4\/10/);
    watching.interrupt();
    expect(await watching.code).toBe(EXIT.interrupted);
    expectGolden('jobs-watch', watching.stdout.text);
  });

  it('reads the list again when its version is no longer kept, and shows what differs', async () => {
    const first = api.put(job('first'));
    const watchPath = '/v1/namespaces/default/jobs';
    let refused = false;
    const handler = { refuse: true };
    api.route('GET', `${watchPath}`, (request, stream) => {
      if (request.query.get('watch') === 'true' && handler.refuse) {
        handler.refuse = false;
        refused = true;
        api.remove(first);
        api.put(job('second'));
        return problem(410, 'gone');
      }
      if (request.query.get('watch') === 'true') return void stream.raw(':\n');
      const items = api.list('jobs');
      return {
        body: { kind: 'JobList', metadata: { resourceVersion: api.resourceVersion }, items },
      };
    });
    const watching = start(['get', 'jobs', '-w', '-o', 'name'], { api });
    await watching.stdout.until(/second\njob\/first/);
    watching.interrupt();
    await watching.code;
    expect(refused).toBe(true);
    expect(watching.stdout.text).toBe('job/first\njob/second\njob/first\n');
  });
});

describe('get of other kinds', () => {
  it('prints cron jobs', async () => {
    api.put(cronJob('fresh'));
    api.put(
      cronJob('nightly', {
        creationTimestamp: ago(900_000),
        spec: { schedule: '0 3 * * *', timeZone: 'Europe/Berlin', suspend: true },
        status: {
          lastScheduleTime: ago(3600),
          nextScheduleTime: ago(-600),
          active: [{ name: 'nightly-1', uid: 'x' }],
        },
      }),
    );
    expectGolden('cronjobs', await stdout(['get', 'cronjobs']));
    expectGolden('cronjobs-wide', await stdout(['get', 'cj', '-A', '-o', 'wide']));
  });

  it('prints tasks, and those in one phase', async () => {
    api.put(report);
    api.tasks.set('default/report', [
      task(0, {
        phase: 'Succeeded',
        attempts: 1,
        exitStatus: 0,
        startedAt: ago(90),
        finishedAt: ago(30),
        node: 'n1',
      }),
      task(1, {
        name: 'slow',
        phase: 'Active',
        attempts: 2,
        losses: 1,
        startedAt: ago(20),
        node: 'n2',
      }),
      task(2, {
        phase: 'Failed',
        attempts: 4,
        exitStatus: 137,
        reason: 'NonZeroExit',
        message: 'killed\nby kernel',
      }),
    ]);
    expectGolden('tasks', await stdout(['get', 'tasks', 'report']));
    expectGolden('tasks-wide', await stdout(['get', 'tasks', 'report', '-o', 'wide']));
    const failed = ['get', 'tasks', 'report', '--field-selector', 'phase=Failed', '-o', 'name'];
    expect(await stdout(failed)).toBe('task/2\n');
  });

  it('prints nodes', async () => {
    api.cluster.nodes = [
      {
        ...{ id: 'abc', hostname: 'worker-1', state: 'ready', availability: 'active', active: 7 },
        ...{ platform: 'linux/x86_64', genericResources: { gpu: 2, fpga: 1 } },
      },
      { id: 'def', hostname: 'w2', state: 'down', availability: 'drain', active: 0 },
      {
        ...{ id: 'ghi', hostname: 'w3', state: 'ready', availability: 'pause', active: 1 },
        wish: 'drain',
      },
    ];
    expectGolden('nodes', await stdout(['get', 'nodes']));
    expectGolden('nodes-wide', await stdout(['nodes', '-o', 'wide']));
    expect(await stdout(['nodes', '-o', 'name'])).toBe('node/worker-1\nnode/w2\nnode/w3\n');
  });

  it('prints whom the token stands for', async () => {
    expectGolden('whoami', await stdout(['whoami']));
    expect(await stdout(['whoami', '-o', 'name'])).toBe('caller/ci\n');
    expect(JSON.parse(await stdout(['whoami', '-o', 'json']))).toMatchObject({ role: 'submit' });
  });

  it('prints callbacks', async () => {
    const common = { namespace: 'default', uid: '01X', url: 'https://x/hook' };
    api.callbacks.push(
      { ...common, name: 'report', state: 'delivered', attempts: 1, lastStatus: 204 },
      {
        ...common,
        name: 'old',
        state: 'dead',
        attempts: 9,
        lastStatus: 500,
        lastError: 'answered 500',
      },
    );
    expectGolden('callbacks', await stdout(['callbacks', 'list']));
    expectGolden('callbacks-wide', await stdout(['get', 'callbacks', '-o', 'wide']));
    expect(await stdout(['callbacks', 'list', '--state', 'dead', '-o', 'name'])).toBe(
      'callback/old\n',
    );
  });
});
