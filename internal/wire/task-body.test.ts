import { describe, expect, it } from 'vitest';
import { type OutputSummary, unavailableOutput, type Verdict } from '../apis/index.ts';
import type { TaskView } from '../store/ports.ts';
import { endedTask as endedTaskOf } from './ended-task.ts';
import { taskBody } from './task-body.ts';
import { endedTask, pendingTask, waitingTask } from './testing/jobs.ts';

const ENDING = {
  phase: 'Cancelled',
  reason: 'CancelRequested',
  message: 'the job was cancelled',
} as const;
const NOTHING_KNOWN = { stdout: null, stderr: null, stdout_bytes: null, stderr_bytes: null };

function withVerdict(verdict: Partial<Verdict>): TaskView {
  return endedTask(0, '', verdict);
}

/** An ended task with this output and these bytes kept of it. */
function withOutput(output: Partial<OutputSummary>, kept: { out?: Buffer; err?: Buffer }) {
  const task = endedTask(0);
  if (task.result === undefined) throw new Error('the task has ended');
  const whole = { ...task.result.output, ...output };
  const none = Buffer.alloc(0);
  return taskBody({
    ...task,
    result: { ...task.result, output: whole },
    stdout: kept.out ?? none,
    stderr: kept.err ?? none,
  }).result;
}

describe('a task that has not ended', () => {
  it('has no status, no reason and no output', () => {
    expect(taskBody(pendingTask(3))).toEqual({
      name: 'task-3',
      status: null,
      args: [],
      result: { ...NOTHING_KNOWN, truncated: false, log: 'pending' },
      attempts: 0,
      started_at: null,
      finished_at: null,
    });
  });

  it('counts its current attempt', () => {
    expect(taskBody({ ...pendingTask(0), attempt: 2 }).attempts).toBe(2);
  });
});

describe('a task that waits for its next attempt', () => {
  const failure = { outcome: 'Failed', exitStatus: 3, reason: 'NonZeroExit' } as const;
  const waiting = waitingTask(0, 'oops', { ...failure, startedAt: 0, finishedAt: 1000 });
  const cancelled = { phase: 'Cancelled', ending: ENDING } as const;

  it('has no status and no reason yet, and shows what its last attempt came to apart', () => {
    expect(taskBody(waiting)).toEqual({
      name: 'task-0',
      status: null,
      args: [],
      result: { ...NOTHING_KNOWN, truncated: false, log: 'pending' },
      attempts: 1,
      started_at: null,
      finished_at: null,
      last_attempt: {
        attempt: 1,
        status: 3,
        reason: 'NonZeroExit',
        result: {
          stdout: 'oops',
          stderr: '',
          stdout_bytes: 4,
          stderr_bytes: 0,
          truncated: false,
          log: 'complete',
        },
        started_at: '1970-01-01T00:00:00.000Z',
        finished_at: '1970-01-01T00:00:01.000Z',
      },
    });
  });

  it('is told with its last exit status, reason and output when its job has ended', () => {
    expect(taskBody(endedTaskOf(waiting, cancelled), true)).toMatchObject({
      status: 3,
      reason: 'NonZeroExit',
      message: 'not tried again: the job was cancelled',
      attempts: 1,
      result: { stdout: 'oops', log: 'complete' },
      finished_at: '1970-01-01T00:00:01.000Z',
    });
  });

  it('has a reason when no process ran to its end', () => {
    const lost = { outcome: 'Lost', exitStatus: null, message: 'node n1 is down' } as const;
    const task = endedTaskOf(waitingTask(0, '', lost), cancelled);
    expect(taskBody(task, true)).toMatchObject({
      status: null,
      reason: 'Cancelled',
      message: 'node n1 is down; not tried again: the job was cancelled',
    });
  });

  it('counts its attempts also where nothing is known of them', () => {
    const task = { ...pendingTask(0), waiting: { attempts: 2, losses: 1 } };
    expect(taskBody(task).attempts).toBe(2);
    expect(taskBody(endedTaskOf(task, cancelled), true)).toMatchObject({
      status: null,
      reason: 'Cancelled',
      attempts: 2,
      result: { log: 'unavailable', log_reason: expect.stringContaining('nothing is known') },
    });
  });

  it('is left as it is while its job runs, and when it was counted', () => {
    expect(endedTaskOf(waiting, { phase: 'Running' })).toBe(waiting);
    const counted = endedTask(0);
    expect(endedTaskOf(counted, cancelled)).toBe(counted);
  });
});

describe('a task that has ended', () => {
  it('has its members in the order of the format, the original ones first', () => {
    const body = taskBody(withVerdict({ reason: 'NonZeroExit', message: 'm' }));
    expect(Object.keys(body)).toEqual([
      'name',
      'status',
      'args',
      'result',
      'reason',
      'message',
      'attempts',
      'started_at',
      'finished_at',
    ]);
    expect(Object.keys(body.result).slice(0, 2)).toEqual(['stdout', 'stderr']);
  });

  it('keeps its arguments as they are, commas and empty ones too', () => {
    const args = ['a,b', '', 'ü "q"'];
    expect(taskBody({ ...endedTask(0), spec: { name: 'x', args } }).args).toEqual(args);
  });

  it('shows its exit status without a reason where there is none', () => {
    const body = taskBody(withVerdict({ exitStatus: 3, outcome: 'Failed' }));
    expect(body.status).toBe(3);
    expect(body).not.toHaveProperty('reason');
    expect(body).not.toHaveProperty('message');
  });

  it('shows the reason and the words of the engine', () => {
    const verdict = { outcome: 'Rejected', exitStatus: null } as const;
    const body = taskBody(
      withVerdict({ ...verdict, reason: 'Rejected', message: 'No such image' }),
    );
    expect(body).toMatchObject({ status: null, reason: 'Rejected', message: 'No such image' });
  });

  it('has a reason when its status is null, the outcome where the verdict names none', () => {
    const body = taskBody(withVerdict({ outcome: 'Lost', exitStatus: null }));
    expect(body).toMatchObject({ status: null, reason: 'Lost' });
  });

  it('counts the attempts of its result, whatever attempt is current', () => {
    const task = endedTask(0);
    if (task.result === undefined) throw new Error('the task has ended');
    const result = { ...task.result, attempts: 4 };
    expect(taskBody({ ...task, attempt: 9, result }).attempts).toBe(4);
  });

  it.each([
    ['in UTC', Date.UTC(2026, 0, 1), '2026-01-01T00:00:00.000Z'],
    ['as null when not known', undefined, null],
    ['as null when no calendar knows it', Number.NaN, null],
    ['as null when it is out of range', 1e300, null],
  ])('shows its times %s', (_, at, shown) => {
    const times = at === undefined ? {} : { startedAt: at, finishedAt: at };
    expect(taskBody(withVerdict(times))).toMatchObject({ started_at: shown, finished_at: shown });
  });
});

describe('the output of a task', () => {
  it('is shown as text with the true counts', () => {
    const kept = { out: Buffer.from([0x68, 0xff]), err: Buffer.from('e€') };
    const stdout = { bytes: 2, truncated: false };
    const stderr = { bytes: 4, truncated: false };
    expect(withOutput({ stdout, stderr }, kept)).toEqual({
      stdout: 'h\ufffd',
      stderr: 'e€',
      stdout_bytes: 2,
      stderr_bytes: 4,
      truncated: false,
      log: 'complete',
    });
  });

  it('that was cut begins with a whole character and tells how much there was', () => {
    const stderr = { bytes: 1000, truncated: true };
    const body = withOutput(
      { stderr, log: { state: 'truncated' } },
      { err: Buffer.from([0x82, 0xac, 0x21]) },
    );
    expect(body).toMatchObject({ stderr: '!', stderr_bytes: 1000, truncated: true });
    expect(body).toMatchObject({ stdout: '', log: 'truncated' });
  });

  it('that was empty is an empty text', () => {
    expect(withOutput({}, {})).toMatchObject({ stdout: '', stdout_bytes: 0, log: 'complete' });
  });

  it('that could not be read is null, never empty', () => {
    expect(withOutput(unavailableOutput('node is down'), {})).toEqual({
      ...NOTHING_KNOWN,
      truncated: false,
      log: 'unavailable',
      log_reason: 'node is down',
    });
  });

  it('of which something may be missing says so, and why', () => {
    const log = { state: 'partial', reason: 'it was stopped' } as const;
    const told = { log: 'partial', log_reason: 'it was stopped' };
    expect(withOutput({ log }, { out: Buffer.from('x') })).toMatchObject({ stdout: 'x', ...told });
    expect(withOutput({ log }, {})).toMatchObject({ stdout: '', ...told });
  });

  it('that could be read in part is shown in part', () => {
    const stdout = { bytes: 4, truncated: false };
    const output = { ...unavailableOutput('broke off'), stdout };
    expect(withOutput(output, { out: Buffer.from('part') })).toMatchObject({
      stdout: 'part',
      stdout_bytes: 4,
      stderr: null,
      stderr_bytes: null,
      log: 'unavailable',
    });
  });

  it('that the store has lost is unavailable', () => {
    const { result, ...task } = endedTask(0, 'kept');
    if (result === undefined) throw new Error('the task has ended');
    const body = taskBody({ index: task.index, spec: task.spec, result });
    expect(body.result).toMatchObject({ ...NOTHING_KNOWN, log: 'unavailable' });
    expect(body.result.log_reason).toContain('missing');
  });
});
