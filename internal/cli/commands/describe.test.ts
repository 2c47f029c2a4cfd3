import { afterEach, beforeEach, expect, it } from 'vitest';
import { EXIT } from '../errors.ts';
import { FakeApi } from '../testing/fake-api.ts';
import { expectGolden } from '../testing/golden.ts';
import { ago, cronJob, job, task } from '../testing/objects.ts';
import { run } from '../testing/run.ts';

let api: FakeApi;

beforeEach(async () => {
  api = await FakeApi.start();
});

afterEach(() => api.close());

async function stdout(argv: string[]): Promise<string> {
  const outcome = await run(argv, { api });
  expect([outcome.code, outcome.stderr]).toEqual([EXIT.ok, '']);
  return outcome.stdout;
}

it('describes a job that failed: why, which tasks, and what happened last', async () => {
  api.put(
    job('report', {
      labels: { app: 'report', tier: 'batch' },
      annotations: { note: 'two\nlines' },
      phase: 'Failed',
      ownerReference: { kind: 'CronJob', name: 'nightly', uid: 'x' },
      spec: { completions: 12, backoffLimit: 2, command: ['sh', '-c', 'exit 3'] },
      counts: { total: 30, succeeded: 5, failed: 25 },
      status: {
        startTime: ago(120),
        finishedAt: ago(60),
        conditions: [
          {
            type: 'Failed',
            status: 'True',
            reason: 'TasksFailed',
            message: '25 tasks failed',
            lastTransitionTime: ago(60),
          },
        ],
      },
    }),
  );
  const phases = ['Failed', 'TimedOut', 'Lost', 'Rejected', 'Succeeded'] as const;
  api.tasks.set(
    'default/report',
    Array.from({ length: 30 }, (_, at) =>
      task(at, {
        phase: phases[at % 5] ?? 'Failed',
        attempts: 3,
        exitStatus: 3,
        reason: 'NonZeroExit',
        message: `no ${at}`,
      }),
    ),
  );
  api.events.set(
    'default/report',
    Array.from({ length: 20 }, (_, at) => ({
      id: `${at}-0`,
      at: ago(120 - at),
      type: 'Failed',
      index: at,
      attempt: 1,
      message: `event ${at}`,
    })),
  );
  expectGolden('describe-job', await stdout(['describe', 'job', 'report']));
});

it.each([
  ['10m left', { startTime: ago(120), suspendedMs: 120_000 }, {}],
  ['8m left', { startTime: ago(120) }, {}],
  ['10m left', {}, {}],
  [
    '9m left: it stands while suspended',
    { startTime: ago(120), suspendedAt: ago(50), suspendedMs: 10_000 },
    { suspend: true },
  ],
  ['10m left: it stands while suspended', { suspendedAt: ago(50) }, { suspend: true }],
])('says what is left of a deadline: %s', async (left, status, spec) => {
  api.put(job('slow', { spec: { activeDeadlineSeconds: 600, ...spec }, status }));
  expect(await stdout(['describe', 'job', 'slow'])).toContain(`\nDeadline:     ${left}\n`);
});

it('lists the attempts of tasks that failed or wait for another, with what is kept of their output', async () => {
  api.put(job('report', { counts: { total: 2, pending: 2 } }));
  const stream = (bytes: number) => ({ bytes, truncated: false });
  const failure = { exitStatus: 3, reason: 'NonZeroExit', node: 'n1' };
  const waiting = task(0, { name: 'one', phase: 'Pending', attempts: 2, ...failure });
  api.tasks.set('default/report', [waiting, task(1, { name: 'two', phase: 'Pending' })]);
  const output = { stdout: stream(5), stderr: stream(7), log: 'complete' } as const;
  api.attempts.set('default/report/one', [
    { attempt: 1, phase: 'Failed', ...failure, startedAt: ago(9), finishedAt: ago(4), output },
    { attempt: 2, phase: 'Failed', ...failure, message: 'again', output, dropped: true },
  ]);
  expectGolden('describe-attempts', await stdout(['describe', 'job', 'report']));
});

it('describes a cron job with the jobs that run', async () => {
  api.put(job('nightly-1', { counts: { total: 2, active: 2 } }));
  const active = [
    { name: 'nightly-1', uid: 'x' },
    { name: 'removed-meanwhile', uid: 'y' },
  ];
  api.put(
    cronJob('nightly', {
      status: { active, lastScheduleTime: ago(125), nextScheduleTime: ago(-175) },
    }),
  );
  expectGolden('describe-cronjob', await stdout(['describe', 'cronjob/nightly']));
});

it('describes several', async () => {
  api.put(job('a'));
  api.put(job('b'));
  expect((await stdout(['describe', 'a', 'b'])).match(/^Name: .*$/gm)).toHaveLength(2);
});

it('prints the events of a job, and follows them until it has finished', async () => {
  api.put(job('report', { phase: 'Complete' }));
  api.events.set('default/report', [
    { id: '1-0', at: ago(30), type: 'Running', index: 0, attempt: 1, node: 'n1' },
    {
      id: '2-0',
      at: ago(9),
      type: 'Succeeded',
      index: 0,
      attempt: 1,
      status: 0,
      message: 'ok\u001b[31m',
    },
  ]);
  expectGolden('events', await stdout(['events', 'report']));
  expectGolden('events-wide', await stdout(['get', 'events', 'report', '-o', 'wide']));
  const followed = await stdout(['events', 'job/report', '-w', '-o', 'name']);
  expect(followed).toBe('event/1-0\nevent/2-0\n');
});
