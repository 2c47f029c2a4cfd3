import { describe, expect, it } from 'vitest';
import { parseReport, type ReportedMember, type ReportedMembers } from './index.ts';

const string = (text: string): ReportedMember => ({ text, isString: true });
const json = (text: string): ReportedMember => ({ text, isString: false });
const NAME = { task_name: string('one') };

function read(members: ReportedMembers, isReport = true) {
  const parsed = parseReport(members, isReport);
  return parsed.ok ? parsed.value : parsed.problems;
}

const statusOf = (task_status: ReportedMember) => {
  const value = read({ ...NAME, task_status });
  return 'exitStatus' in value ? value.exitStatus : value;
};

describe('parseReport', () => {
  it("reads the original client's report", () => {
    expect(read({ ...NAME, task_status: json('0') })).toEqual({
      taskName: 'one',
      exitStatus: 0,
      interrupted: false,
    });
  });

  it.each([
    ...[
      json('0'),
      json('-0'),
      json('0.0'),
      string('0'),
      string(' 0\n'),
      string('-0'),
      string('+0'),
    ],
  ])('takes the status $text for 0', (member) => {
    expect(Object.is(statusOf(member), 0)).toBe(true);
  });

  it.each([
    ...[-2147483648, -1, 1, 255, 4294967295].flatMap((status): [ReportedMember, number][] => [
      [json(String(status)), status],
      [string(String(status)), status],
    ]),
    [json('1e2'), 100] as const,
    [json('137.0'), 137] as const,
    [string('137.'), 137] as const,
    [string('007'), 7] as const,
  ])('takes the status %j for %d', (member, status) => {
    expect(statusOf(member)).toBe(status);
  });

  it.each([json('null'), string('null')])('takes %j for an end without a status', (member) => {
    expect(statusOf(member)).toBeNull();
  });

  it('takes a report that names its task and no status for an end without one', () => {
    expect(read(NAME)).toMatchObject({ exitStatus: null });
    expect(read({}, true)).toMatchObject([{ path: 'task_status' }]);
    expect(read(NAME, false)).toMatchObject([{ path: 'task_status' }]);
  });

  it.each([
    ...[json('-2147483649'), json('4294967296'), json('0.5'), json('1e30'), json('1e999')],
    ...[json('true'), json('[]'), json('[0]'), json('{}'), json('false')],
    ...[string(''), string(' '), string('abc'), string('1.5'), string('0x1'), string('1 2')],
    ...[string('4294967296'), string('SIGKILL'), string('true'), string('٣')],
  ])('refuses the status %j and says what it found', (member) => {
    expect(statusOf(member)).toMatchObject([
      { path: 'task_status', message: expect.stringContaining(JSON.stringify(member.text)) },
    ]);
  });

  it('refuses what says two things', () => {
    const twice = { contradicted: true } as const;
    expect(statusOf({ ...json('1'), ...twice })).toMatchObject([{ path: 'task_status' }]);
    const task_name = { ...string('one'), ...twice };
    expect(read({ task_name, task_status: json('1') })).toMatchObject([{ path: 'task_name' }]);
  });

  it.each([
    ['no name', {}, undefined],
    ['null', { task_name: json('null') }, undefined],
    ['a number', { task_name: json('7') }, '7'],
  ])('takes %s for the name of the task', (_what, members, taskName) => {
    const value = read({ ...members, task_status: json('3') });
    expect(value).toMatchObject({ exitStatus: 3 });
    expect('taskName' in value ? value.taskName : undefined).toBe(taskName);
  });

  it('reads the counts of bytes where they make sense, and leaves others alone', () => {
    const task_status = json('0');
    const counts = { stdout_bytes: json('900'), stderr_bytes: string('12') };
    expect(read({ task_status, ...counts })).toMatchObject({ stdoutBytes: 900, stderrBytes: 12 });
    for (const odd of [json('-1'), json('0.5'), json('9007199254740992'), string('many')]) {
      expect(read({ task_status, stdout_bytes: odd })).not.toHaveProperty('stdoutBytes');
    }
  });

  it.each([
    [json('true'), true],
    [string('true'), true],
    [json('false'), false],
    [json('null'), false],
  ])('reads interrupted %j as %s', (interrupted, expected) => {
    expect(read({ task_status: json('0'), interrupted })).toMatchObject({ interrupted: expected });
  });
});
