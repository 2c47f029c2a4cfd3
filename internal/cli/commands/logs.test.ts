import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addLogs } from '../follow/testing/fake-logs.ts';
import { FakeApi } from '../testing/fake-api.ts';
import { job, task } from '../testing/objects.ts';
import { run, start } from '../testing/run.ts';

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
    second.end({ phase: 'Failed', exitStatus: 1, attempt: 2 });
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
