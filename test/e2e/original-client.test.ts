import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { injectLab } from '../lab/inject.ts';
import { waitFor } from '../lab/wait.ts';
import { served } from '../support/served.ts';
import { Swarmer } from '../support/swarmer.ts';

/**
 * Images of the original: their client runs a command, POSTs what came of it once, and exits with 0 whatever
 * happened. Where that says nothing, or does not arrive, no task may be told to have succeeded.
 */
const lab = injectLab();

/** In the shape of swarmer-client-js 1.1.2; what it says beside can be spoiled by the last argument. */
const CLIENT = `
  const { spawnSync } = require('node:child_process');
  const { request } = require('node:http');
  const { RUN_CMD, RUN_ARGS, TASK_NAME, SWARMER_ADDRESS } = process.env;
  process.on('uncaughtException', (error) => console.error(error.message));
  const args = RUN_ARGS.split(',').map((arg) => arg.trim());
  const how = args[2];
  const most = how === 'large' ? { maxBuffer: 100 * 1024 * 1024 } : {};
  const { stdout, stderr, status } = spawnSync(RUN_CMD, args, { encoding: 'utf8', ...most });
  const result = { task_name: TASK_NAME, task_result: { stderr, stdout }, task_status: status };
  if (how === 'more') Object.assign(result, { signal: 'SIGKILL', took: { seconds: [1, 2] } });
  if (how === 'no-stderr') delete result.task_result.stderr;
  if (how === 'text') result.task_status = String(status);
  if (how === 'other-name') result.task_name = 'another';
  if (how === 'nonsense') result.task_status = 'failed';
  const whole = JSON.stringify(result);
  const body = how === 'half' ? whole.slice(0, whole.length / 2) : whole;
  console.log('posting to', SWARMER_ADDRESS);
  const type = how === 'form' ? 'application/x-www-form-urlencoded' : 'application/json';
  const headers = { 'Content-Length': Buffer.byteLength(body), 'Content-Type': type };
  const sent = request(SWARMER_ADDRESS, { method: 'POST', headers }, (answer) => {
    console.log('answered', answer.statusCode);
    answer.resume();
  });
  sent.write(body);
  sent.end();
`;
const IMAGE = 'e2e/original-client:1';
const WITHOUT_PROGRAM = 'e2e/original-client-without-program:1';

beforeAll(async () => {
  const from = await lab.ensureImage('node');
  const Entrypoint = ['/usr/bin/node', '/client.cjs'];
  const build = (tag: string, program: string) =>
    lab.buildImage(tag, from, { '/client.cjs': CLIENT }, { Entrypoint, Env: { RUN_CMD: program } });
  await build(IMAGE, 'sh');
  await build(WITHOUT_PROGRAM, '/no/such/program');
});

/** A task of the client: a script of its command, and how what it says is to be spoiled. */
const run = (script: string, how = 'as-it-is') => ['-c', script, how];

interface Event {
  type: string;
  reason?: string;
  message?: string;
  attempt?: number;
}

async function eventsOf(swarmer: Swarmer, id: string): Promise<Event[]> {
  const response = await swarmer.request(`/v1/jobs/${id}/events?limit=1000`);
  return ((await response.json()) as { items: Event[] }).items;
}

const { swarmer } = await served(lab, { SWARMER_INSTANCE: 'original-client' });

describe('a command of the original client that fails', () => {
  const submit = (tasks: Record<string, string[]>, image_name = IMAGE) =>
    swarmer.submit({
      ...{ image_name, callback_url: null },
      tasks: Object.entries(tasks).map(([task_name, task_args]) => ({ task_name, task_args })),
    });

  test('by a signal, or by too much output, has no status and has failed', async () => {
    const id = await submit({
      kill: run('echo begun; kill -KILL $$'),
      term: run('kill -TERM $$'),
      abrt: run('kill -ABRT $$'),
      output: run('yes 0123456789abcde | head -c 10000000; exit 3'),
    });
    const body = await swarmer.finished(id, 90_000);
    expect(body.__phase).toBe('Failed');
    for (const task of body.tasks) {
      expect(task).toMatchObject({ status: null, reason: 'NoExitStatus', attempts: 1 });
    }
    expect(body.tasks[0]?.result.stdout).toBe('begun\n');
    expect(body.tasks[3]?.result).toMatchObject({ truncated: true, log: 'truncated' });
  });

  test('because it does not exist has no status, and no output is made up', async () => {
    const body = await swarmer.finished(await submit({ missing: run('true') }, WITHOUT_PROGRAM));
    expect(body).toMatchObject({
      __phase: 'Failed',
      tasks: [
        {
          status: null,
          reason: 'NoExitStatus',
          result: { stdout: null, stderr: null, log: 'unavailable' },
        },
      ],
    });
  });

  test('has failed with its status, whatever the form of what is said of it', async () => {
    const id = await submit({
      more: run('exit 3', 'more'),
      'no-stderr': run('echo out; exit 3', 'no-stderr'),
      text: run('exit 3', 'text'),
      form: run('exit 3', 'form'),
      large: run("head -c 41943040 /dev/zero | tr '\\0' x; echo; exit 3", 'large'),
    });
    const body = await swarmer.finished(id, 90_000);
    expect(body.__phase).toBe('Failed');
    for (const task of body.tasks) expect(task).toMatchObject({ status: 3, reason: 'NonZeroExit' });
    expect(body.tasks[1]?.result).toMatchObject({ stdout: 'out\n', stderr: null });
    const { stdout, stdout_bytes, truncated } = body.tasks[4]?.result ?? {};
    expect({ stdout_bytes, truncated }).toEqual({ stdout_bytes: 41943041, truncated: true });
    expect(stdout).toHaveLength(1024 * 1024);
    expect(stdout?.endsWith('xxx\n')).toBe(true);
  });

  test.each(['other-name', 'nonsense', 'half'])(
    'and says so in a report that is refused (%s) has not succeeded, and is told of',
    async (how) => {
      const tasks = [{ name: 'one', args: run('exit 3', how) }];
      const retryBackoff = { baseMs: 100, maxMs: 200 };
      const id = await swarmer.create({ image: IMAGE, tasks, retryBackoff, lossLimit: 1 });
      const body = await swarmer.finished(id);
      expect(body).toMatchObject({
        __phase: 'Failed',
        tasks: [{ status: null, reason: 'NoReport', attempts: 2, result: { log: 'complete' } }],
      });
      expect(body.tasks[0]?.message).toMatch(
        /^its process ended with 0, and its report was refused/,
      );
      const events = await eventsOf(swarmer, id);
      const refused = events.filter(({ type }) => type === 'ReportRefused');
      expect(refused).toMatchObject([
        { attempt: 1, reason: 'Invalid' },
        { attempt: 2, reason: 'Invalid' },
      ]);
      expect(events.filter(({ reason }) => reason === 'NoReport').map(({ type }) => type)).toEqual([
        'Lost',
        'Failed',
      ]);
      // The client has printed where it posts to: the token is not for who reads the log.
      expect(body.tasks[0]?.result.stdout).toMatch(
        /^posting to http:\/\/.*\/result\/.*\?token=0\.2\.\*{43}\nanswered 400\n$/,
      );
    },
  );
});

describe('a server that is killed while the command of the original client fails', () => {
  const killed = new Swarmer(lab, {
    env: {
      SWARMER_INSTANCE: 'original-client-killed',
      SWARMER_SUBMIT_COMPLETION_POLICY: 'report',
    },
  });
  afterAll(() => killed.end());

  test('does not take the exit with 0 for success: the task runs again, and fails as it does', async () => {
    await killed.start();
    const id = await killed.submit({
      ...{ image_name: IMAGE, callback_url: null },
      tasks: [{ task_name: 'one', task_args: run('sleep 3; exit 3') }],
    });
    const stateOf = async () => {
      const [task] = await lab.docker.listTasks({ filters: { label: [`swarmer.job=${id}`] } });
      return task?.Status?.State;
    };
    const becomes = (state: string) =>
      waitFor(async () => (await stateOf()) === state, {
        what: `the task to be ${state}`,
        timeoutMs: 60_000,
      });
    await becomes('running');
    await killed.end('SIGKILL');
    await becomes('complete');
    await killed.start();
    const body = await killed.finished(id, 90_000);
    expect(body).toMatchObject({
      __phase: 'Failed',
      tasks: [{ status: 3, reason: 'NonZeroExit', attempts: 2 }],
    });
    const lost = (await eventsOf(killed, id)).filter(({ type }) => type === 'Lost');
    expect(lost).toMatchObject([{ attempt: 1, reason: 'NoReport' }]);
  });
});

describe('a server whose report address leads nowhere', () => {
  test('says so at start, with the names of the settings', async () => {
    const env = { SWARMER_INSTANCE: 'no-reports', RUNNER_HOST_NAME: 'nowhere.invalid' };
    const lost = await new Swarmer(lab, { env }).start();
    try {
      const told = (line: Record<string, unknown>) =>
        String(line['msg']).includes('nobody answers');
      const line = await waitFor(() => lost.logLines().find(told), {
        what: 'the warning',
        timeoutMs: 30_000,
      });
      expect(line['msg']).toMatch(/RUNNER_HOST_NAME.*SWARMER_REPORT_URL.*SWARMER_HOST/);
      expect(line['url']).toMatch(/^http:\/\/nowhere\.invalid:\d+$/);
    } finally {
      await lost.end();
    }
  });
});
