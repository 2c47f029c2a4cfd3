import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addLogs } from '../follow/testing/fake-logs.ts';
import type { Attempt, Task, TaskOutput } from '../resources.ts';
import { FakeApi } from '../testing/fake-api.ts';
import { problem } from '../testing/http-fake.ts';
import { job, task } from '../testing/objects.ts';
import { run, start } from '../testing/run.ts';

const NOTHING = { stdout: null, stderr: null } as const;
const NEVER = { ...NOTHING, attempt: 0, exitStatus: null } as const;

/** What the server says of the log of a task in each state without output, and what is said of it. */
const STATES: readonly [string, Task['phase'], Partial<TaskOutput>, number, string][] = [
  [
    'waits for its start',
    'Pending',
    { ...NEVER, log: 'pending', log_reason: 'the task has not been started' },
    0,
    'task one has no output yet: the task has not been started\n',
  ],
  [
    'waits as its job is suspended',
    'Pending',
    { ...NEVER, log: 'pending', log_reason: 'the job is suspended' },
    0,
    'task one has no output yet: the job is suspended\n',
  ],
  [
    'is being started',
    'Active',
    { ...NEVER, attempt: 1, log: 'pending', log_reason: 'its process has not been started' },
    0,
    'task one has no output yet: its process has not been started\n',
  ],
  [
    'runs, where nobody reads its log',
    'Active',
    { ...NEVER, attempt: 1, log: 'unavailable', log_reason: 'no controller has read it' },
    1,
    'the output of task one is not available: no controller has read it\n',
  ],
  [
    'was rejected',
    'Rejected',
    {
      ...{ ...NEVER, attempt: 1, log: 'unavailable', log_reason: 'the task never started' },
      ...{ reason: 'Rejected', message: 'No such image: x' },
    },
    1,
    'task one is Rejected: Rejected: No such image: x\n' +
      'swarmerctl: the output of task one is not available: the task never started\n',
  ],
  [
    'was lost',
    'Lost',
    {
      ...{ ...NEVER, attempt: 11, log: 'unavailable', log_reason: 'its node is gone' },
      reason: 'NodeLost',
    },
    1,
    'task one is Lost: NodeLost\n' +
      'swarmerctl: the output of task one is not available: its node is gone\n',
  ],
  [
    'was cancelled before its start',
    'Cancelled',
    { ...NEVER, log: 'unavailable', log_reason: 'the job ended before' },
    1,
    'task one is Cancelled\nswarmerctl: the output of task one is not available: the job ended before\n',
  ],
  [
    'waits for its next attempt',
    'Pending',
    { attempt: 2 },
    0,
    'task one waits for its next attempt; attempt 2 has written nothing\n',
  ],
  ['wrote nothing', 'Succeeded', {}, 0, 'task one has written nothing\n'],
  [
    'may have written something that is not there',
    'Succeeded',
    { log: 'partial', log_reason: 'stopped' },
    0,
    'of the output of task one something may be missing: stopped\n',
  ],
  [
    'runs and has written nothing',
    'Active',
    { log: 'running' },
    0,
    'task one has written nothing\n',
  ],
];

describe('logs', () => {
  let api: FakeApi;
  beforeEach(async () => {
    api = await FakeApi.start();
    api.put(job('report'));
    api.tasks.set('default/report', [task(0, { name: 'one', attempts: 1 })]);
  });
  afterEach(() => api.close());

  const three = () =>
    api.tasks.set('default/report', [
      task(0, { name: 'one', attempts: 1, phase: 'Succeeded' }),
      task(1, { name: 'two', attempts: 1, phase: 'Active' }),
      task(2, { name: 'three' }),
    ]);

  it('shows what is stored, each stream where it belongs', async () => {
    addLogs(api, (name) => ({ stdout: `out of ${name}\nno end`, stderr: 'err\n' }));
    expect(await run(['logs', 'report'], { api })).toEqual({
      code: 0,
      stdout: 'out of one\nno end',
      stderr: 'err\n',
    });
  });

  it('shows one stream, the last lines, with a prefix', async () => {
    addLogs(api, () => ({ stdout: 'a\nb\nc', stderr: 'err\n' }));
    const argv = ['logs', 'report', 'one', '--stream=stdout', '--tail=2', '--prefix'];
    expect(await run(argv, { api })).toEqual({ code: 0, stdout: '[one] b\n[one] c\n', stderr: '' });
  });

  it('asks which task is meant when there are several', async () => {
    three();
    const { code, stderr } = await run(['logs', 'report'], { api });
    expect(code).toBe(2);
    expect(stderr).toContain('name one, as in "swarmerctl logs report one", or say --all');
  });

  it('shows all tasks that have begun', async () => {
    three();
    addLogs(api, (name) => ({ stdout: `${name}` }));
    const { stdout } = await run(['logs', 'report', '--all', '--prefix'], { api });
    expect(stdout).toBe('[one] one\n[two] two\n');
  });

  it('fails when an output could not be read, and says why', async () => {
    addLogs(api, () => ({ log: 'unavailable', log_reason: 'node n1 is down' }));
    const { code, stderr } = await run(['logs', 'report'], { api });
    expect(code).toBe(1);
    expect(stderr).toBe('swarmerctl: the output of task one is not available: node n1 is down\n');
  });

  describe.each(STATES)('of a task that %s', (_, phase, stored, code, words) => {
    beforeEach(() => {
      const attempts = stored.attempt ?? 1;
      api.tasks.set('default/report', [
        task(0, { name: 'one', phase, attempts }),
        task(1, { name: 'two', phase: 'Succeeded', attempts: 1 }),
      ]);
      addLogs(api, (name) => (name === 'one' ? { phase, ...stored } : { stdout: 'two\n' }));
    });

    it.each([[[]], [['--tail=3']], [['--prefix', '--stream=stdout']]])(
      'are words, with %j',
      async (argv) => {
        const result = await run(['logs', 'report', 'one', ...argv], { api });
        const silent =
          argv.length === 2
            ? words.replace(/(?<=one has written) nothing/, ' nothing to stdout')
            : words;
        expect(result).toEqual({ code, stdout: '', stderr: `swarmerctl: ${silent}` });
      },
    );

    it.each([[[]], [['--tail=3']]])(
      'come with those of the others, with --all %j',
      async (argv) => {
        const result = await run(['logs', 'report', '--all', ...argv], { api });
        const said = words.startsWith('task one has written')
          ? ''
          : words.replace(
              /task one is Cancelled.*task one is not available/s,
              'task one has no output',
            );
        expect(result).toEqual({
          code,
          stdout: 'two\n',
          stderr: said === '' ? '' : `swarmerctl: ${said}`,
        });
      },
    );

    it('are words with --tail and --follow, once it ends', async () => {
      const logs = addLogs(api, () => ({ phase, ...stored }));
      const following = start(['logs', 'report', 'one', '-f', '--tail=1'], { api });
      const stream = await logs.opened(0);
      stream.output('1\n', 0);
      stream.end();
      expect([await following.code, following.stdout.text]).toEqual([0, '1\n']);
    });
  });

  it('counts those that have not begun, when all are shown', async () => {
    const waiting = {
      ...NEVER,
      phase: 'Pending',
      log: 'pending',
      log_reason: 'suspended',
    } as const;
    api.tasks.set('default/report', [
      ...[0, 1, 2].map((index) => task(index)),
      task(3, { phase: 'Succeeded', attempts: 1 }),
    ]);
    addLogs(api, (name) => (name === '3' ? { stdout: 'three\n' } : waiting));
    expect(await run(['logs', 'report', '--all'], { api })).toEqual({
      code: 0,
      stdout: 'three\n',
      stderr: 'swarmerctl: 3 tasks have no output yet: suspended\n',
    });
  });

  it('shows the others when the server fails at one', async () => {
    three();
    api.route('GET', '/v1/namespaces/[^/]+/jobs/[^/]+/logs', ({ query }) =>
      query.get('task') === 'one'
        ? problem(500, 'a record cannot be read')
        : { body: { ...NEVER, task: 'two', stdout: 'two\n' } },
    );
    const { code, stdout, stderr } = await run(['logs', 'report', '--all'], { api });
    expect([code, stdout]).toEqual([1, 'two\n']);
    expect(stderr).toContain('swarmerctl: task one: a record cannot be read\n');
  });

  it('says what is waited for while a task that is followed is not started', async () => {
    const logs = addLogs(api);
    const following = start(['logs', 'report', 'one', '-f'], { api });
    const stream = await logs.opened(0);
    stream.pending('the job is suspended');
    await following.stderr.until('swarmerctl: task one: the job is suspended\n');
    stream.output('1\n', 0);
    stream.end();
    expect([await following.code, following.stdout.text]).toEqual([0, '1\n']);
  });

  it('says how a task that is followed ended, and that there is no output of it', async () => {
    const logs = addLogs(api);
    const following = start(['logs', 'report', 'one', '-f'], { api });
    const over = {
      phase: 'Lost',
      exitStatus: null,
      log: 'unavailable',
      reason: 'NodeLost',
    } as const;
    (await logs.opened(0)).end({ ...over, log_reason: 'its node is gone' });
    expect(await following.code).toBe(1);
    expect(following.stderr.text).toBe(
      'swarmerctl: task one is Lost: NodeLost\n' +
        'swarmerctl: the output of task one is not available: its node is gone\n',
    );
  });

  it('says when only the end of it is kept', async () => {
    addLogs(api, () => ({ stdout: 'end\n', truncated: true }));
    const { code, stderr } = await run(['logs', 'report'], { api });
    expect([code, stderr]).toEqual([
      0,
      'swarmerctl: task one: only the end of the output is kept\n',
    ]);
  });

  it('follows a task until it has ended, over attempts and lost connections', async () => {
    const logs = addLogs(api);
    const following = start(['logs', 'report', 'one', '-f'], { api });
    const first = await logs.opened(0);
    first.output('ab\n', 0);
    await following.stdout.until('ab\n');
    first.cut();
    const second = await logs.opened(1);
    second.output('ab\ncd\n', 0);
    second.output('lost before', 20);
    second.attempt(2);
    second.output('again\n', 0, { attempt: 2 });
    second.end({ phase: 'Failed', exitStatus: 1 });
    expect(await following.code).toBe(0);
    expect(following.stdout.text).toBe('ab\ncd\nlost beforeagain\n');
    expect(following.stderr.text).toBe(
      'swarmerctl: task one: 14 bytes of stdout are not kept any more\n' +
        'swarmerctl: task one: attempt 2 begins\n',
    );
  });

  it('begins to follow at the last lines', async () => {
    const logs = addLogs(api, () => ({ stdout: '1\n2\n3\n' }));
    const following = start(['logs', 'report', 'one', '-f', '--tail', '1'], { api });
    const stream = await logs.opened(0);
    stream.output('1\n2\n', 0);
    stream.output('3\n4\n', 4);
    stream.end();
    await following.code;
    expect(following.stdout.text).toBe('3\n4\n');
  });

  it('keeps the lines of tasks that are followed together whole', async () => {
    three();
    const logs = addLogs(api);
    const following = start(['logs', 'report', '--all', '-f'], { api });
    const [a, b, c] = await Promise.all([0, 1, 2].map((at) => logs.opened(at)));
    a?.output('half', 0);
    b?.output('whole\n', 0);
    await following.stdout.until('whole\n');
    a?.output(' and half\n', 4);
    for (const stream of [a, b, c]) stream?.end();
    expect(await following.code).toBe(0);
    expect(following.stdout.text).toBe('whole\nhalf and half\n');
  });

  it('shows controls in the name of a task, and leaves them in its output', async () => {
    addLogs(api, () => ({ stdout: '\u001b[1mbold\n' }));
    const { stdout } = await run(['logs', 'report', 'a\u001b[2J', '--prefix'], { api });
    expect(stdout).toBe('[a\\x1b[2J] \u001b[1mbold\n');
  });

  describe('of earlier attempts', () => {
    const attempt = (number: number, phase: Attempt['phase']): Attempt => {
      return { attempt: number, phase, exitStatus: null };
    };
    beforeEach(() => {
      api.tasks.set('default/report', [task(0, { name: 'one', attempts: 4, phase: 'Active' })]);
      addLogs(api, (name, number) => ({ stdout: `${name} ${number ?? 'last'}\n` }));
      api.attempts.set('default/report/one', [
        attempt(1, 'Failed'),
        attempt(3, 'Lost'),
        attempt(4, 'Active'),
      ]);
    });

    it('shows that of a number', async () => {
      const { stdout } = await run(['logs', 'report', 'one', '--attempt', '1'], { api });
      expect(stdout).toBe('one 1\n');
    });

    it('shows the one before the current one', async () => {
      expect((await run(['logs', 'report', '-p'], { api })).stdout).toBe('one 3\n');
    });

    it('shows the last one of a task that waits for the next', async () => {
      api.tasks.set('default/report', [task(0, { name: 'one', attempts: 1, phase: 'Pending' })]);
      api.attempts.set('default/report/one', [attempt(1, 'Failed')]);
      expect((await run(['logs', 'report', '--previous'], { api })).stdout).toBe('one 1\n');
    });

    it('shows those that there are of all tasks', async () => {
      three();
      api.attempts.set('default/report/two', [attempt(1, 'Active')]);
      const { code, stdout } = await run(['logs', 'report', '--all', '--previous'], { api });
      expect([code, stdout]).toEqual([0, 'one 3\n']);
    });

    it('says that there is none', async () => {
      api.attempts.set('default/report/one', [attempt(1, 'Active')]);
      const { code, stderr } = await run(['logs', 'report', '--previous'], { api });
      expect([code, stderr]).toEqual([5, 'swarmerctl: task one had no attempt before\n']);
    });

    it.each([
      ['--previous', '--attempt=1'],
      ['--previous', '--follow'],
      ['--attempt=1', '--follow'],
      ['--attempt=1', '--all'],
    ])('refuses %s with %s', async (...flags) => {
      expect((await run(['logs', 'report', ...flags], { api })).code).toBe(2);
    });
  });

  it('ends with 130 at Ctrl-C', async () => {
    const logs = addLogs(api);
    const following = start(['logs', 'report', 'one', '-f'], { api });
    (await logs.opened(0)).output('x', 0);
    await following.stdout.until('x');
    following.interrupt();
    expect(await following.code).toBe(130);
  });

  it('exits with 5 when there is no such job', async () => {
    expect((await run(['logs', 'nothing'], { api })).code).toBe(5);
  });
});
