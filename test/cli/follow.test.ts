import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { waitFor } from '../lab/wait.ts';
import { HELD, letGo, TRAPS, WAITS } from './held-task.ts';
import { jobFile } from './manifest.ts';
import { serve } from './serve.ts';
import { PROGRAM } from './swarmerctl.ts';
import { verb } from './verb.ts';

const { ctl: program, image, lab } = await serve('ctl-follow');
const ctl = program.in('follow');
const field = (job: string, path: string) =>
  ctl.read(['get', 'job', job, '-o', `jsonpath={${path}}`]);
const uidOf = (job: string) => field(job, '.metadata.uid');
const phaseOf = (job: string) => field(job, '.status.phase');
/** Makes a job of one task that runs a script. */
const create = (name: string, script: string, more: object = {}) =>
  ctl.read(['create', '-f', '-'], {
    stdin: jobFile(name, { image, args: ['sh', '-c', script], backoffLimit: 0, ...more }),
  });

verb('run', () => {
  test('brings stdout, stderr and the exit code of the process', async () => {
    const script = 'echo a; echo b >&2; exit 7';
    const outcome = await ctl.run(['run', image, '--', 'sh', '-c', script]);
    expect(outcome).toEqual({ code: 7, stdout: 'a\n', stderr: 'b\n' });
  });

  test('shows output while the task runs', async () => {
    const script = `${TRAPS} echo first; ${WAITS}; echo last`;
    const running = ctl.start(['run', '--name', 'live', image, '--', 'sh', '-c', script]);
    await running.shows('first\n');
    expect([await phaseOf('live'), running.isRunning]).toEqual(['Running', true]);
    await letGo(lab, await uidOf('live'));
    expect(await running.end()).toEqual({ code: 0, stdout: 'first\nlast\n', stderr: '' });
  });

  test('at Ctrl-C cancels the job, waits for its end and exits with 130', async () => {
    const script = `${TRAPS} echo here; ${WAITS}`;
    const running = ctl.start(['run', '--name', 'stopped', image, '--', 'sh', '-c', script]);
    await running.shows('here\n');
    running.signal('SIGINT');
    const { code, stderr } = await running.end();
    expect([code, await phaseOf('stopped')]).toEqual([130, 'Cancelled']);
    expect(stderr).toContain('cancelling job/stopped; Ctrl-C again leaves it alone\n');
  });

  test('at a second Ctrl-C leaves at once, though the job has not ended', async () => {
    const script = `${TRAPS} echo here; ${WAITS}`;
    const running = ctl.start(['run', '--name', 'left', image, '--', 'sh', '-c', script]);
    await running.shows('here\n');
    // No task can be ended while the engine stands still.
    const { pid } = lab.engineProcess();
    process.kill(pid, 'SIGSTOP');
    try {
      running.signal('SIGINT');
      await waitFor(async () => (await field('left', '.status.cancelRequested')) === 'true', {
        what: 'the wish to cancel',
      });
      expect(running.isRunning).toBe(true);
      running.signal('SIGINT');
      expect((await running.end()).code).toBe(130);
      expect(await phaseOf('left')).toBe('Running');
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await ctl.read(['wait', 'left', '--for', 'cancelled', '--timeout', '60s']);
  });

  test('detached starts the job and leaves; --rm deletes it in the end', async () => {
    const detached = ['run', '--detach', '--name', 'alone', '-e', 'A=1', image, '--', 'env'];
    expect(await ctl.read(detached)).toBe('job/alone created\n');
    await ctl.read(['wait', 'alone', '--timeout', '60s']);
    expect(await ctl.read(['logs', 'alone'])).toContain('A=1\n');
    await ctl.read(['run', '--rm', '--name', 'once', image, '--', 'true']);
    expect((await ctl.run(['wait', 'once', '--for', 'delete', '--timeout', '30s'])).code).toBe(0);
  });

  test('exits with 6 when its time is up, and with 3 when no process could start', async () => {
    const slow = await ctl.run(['run', '--timeout', '1s', image, '--', 'sh', '-c', HELD]);
    expect([slow.code, slow.stdout]).toEqual([6, '']);
    expect(slow.stderr).toMatch(
      /^swarmerctl: task main is TimedOut: .+\nswarmerctl: of the output .*: stopped: .+\n$/,
    );
    const impossible = await ctl.run(['run', 'swarmer-lab/no-such-image:1']);
    expect([impossible.code, impossible.stdout]).toEqual([3, '']);
    expect(impossible.stderr).toMatch(/^swarmerctl: task main is Rejected: .+\n/);
  });
});

verb('logs', () => {
  test('shows what was kept of a task, and of all of them', async () => {
    const script = 'echo out $(INDEX); echo err $(INDEX) >&2';
    await create('kept', script, { completions: 2 });
    await ctl.read(['wait', 'kept', '--timeout', '60s']);
    const one = await ctl.run(['logs', 'kept', '1']);
    expect(one).toEqual({ code: 0, stdout: 'out 1\n', stderr: 'err 1\n' });
    const all = await ctl.read(['logs', 'kept', '--all', '--prefix', '--stream', 'stdout']);
    expect(all).toBe('[0] out 0\n[1] out 1\n');
    const which = await ctl.run(['logs', 'kept']);
    expect([which.code, which.stdout]).toEqual([2, '']);
  });

  test('with -f goes on until the task has ended', async () => {
    await create('followed', `${TRAPS} echo one; echo two; ${WAITS}; echo three`);
    const following = ctl.start(['logs', 'followed', '--follow']);
    await following.shows('two\n');
    const late = ctl.start(['logs', 'followed', '-f', '--tail', '1']);
    await late.shows('two\n');
    expect(await ctl.read(['logs', 'followed'])).toBe('one\ntwo\n');
    await letGo(lab, await uidOf('followed'));
    expect((await following.end()).stdout).toBe('one\ntwo\nthree\n');
    expect((await late.end()).stdout).toBe('two\nthree\n');
  });
});

verb('wait', () => {
  test('ends as soon as the job is complete, and with 6 before that at the timeout', async () => {
    await create('later', `${TRAPS} echo here; ${WAITS}`);
    const early = await ctl.run(['wait', 'later', '--timeout', '100ms']);
    expect([early.code, early.stdout]).toEqual([6, '']);
    expect(early.stderr).toContain('job/later is Running, 0 of 1 tasks done');
    const waiting = ctl.start(['wait', 'later']);
    await ctl.start(['logs', 'later', '-f']).shows('here\n');
    await letGo(lab, await uidOf('later'));
    expect(await waiting.end()).toEqual({
      ...{ code: 0, stdout: 'job/later condition met\n', stderr: '' },
    });
  });

  test('exits with 3 when the job fails, and with 5 when there is none', async () => {
    await create('failing', 'exit 1');
    const failed = await ctl.run(['wait', 'failing', '--timeout', '60s']);
    expect(failed).toEqual({
      ...{ code: 3, stdout: '' },
      stderr: 'swarmerctl: job/failing is Failed: TasksFailed: 1 of 1 tasks did not succeed\n',
    });
    expect((await ctl.run(['wait', 'failing', '--for', 'failed'])).code).toBe(0);
    const missing = await ctl.run(['wait', 'nothing']);
    expect([missing.code, missing.stderr]).toEqual([
      ...[5, 'swarmerctl: job/nothing does not exist in namespace follow\n'],
    ]);
  });
});

verb('watch', () => {
  test('tells the progress in lines until the job has ended', async () => {
    await create('seen', 'true', { completions: 3 });
    const { code, stdout, stderr } = await ctl.run(['watch', 'seen']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n').at(-2)).toMatch(/^seen .*3\/3.*Complete/);
    expect((await ctl.run(['watch', 'failing'])).code).toBe(3);
    expect((await ctl.run(['watch', 'nothing'])).code).toBe(5);
  });

  test('draws one line again and again on a terminal', async (context) => {
    const needed = '/usr/bin/script';
    context.skip(!existsSync(needed), `${needed} of util-linux gives a terminal, and is missing`);
    await create('drawn', `${TRAPS} ${WAITS}`, { completions: 2 });
    const command = `"${process.execPath}" "${PROGRAM}" -n follow watch drawn`;
    const terminal = spawn(needed, ['-qec', command, '/dev/null'], {
      env: { ...ctl.env, TERM: 'xterm', COLUMNS: '80' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    terminal.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    const over = once(terminal, 'close');
    await waitFor(() => text.includes('0/2'), { what: 'the first line' });
    await waitFor(async () => (await field('drawn', '.status.counts.active')) === '2', {
      what: 'both tasks to run',
    });
    await ctl.read(['cancel', 'drawn']);
    expect(await over).toEqual([3, null]);
    expect(text.startsWith('\u001b[?25l'), 'the cursor is hidden').toBe(true);
    expect(text.split('\u001b[1A\r').length, 'lines over the one before').toBeGreaterThan(2);
    const [, last = ''] = text.split('Cancelled');
    expect(last.endsWith('\u001b[?25h'), 'the cursor is back').toBe(true);
  });
});
