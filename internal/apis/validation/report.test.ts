import { describe, expect, it } from 'vitest';
import { parseReport } from './index.ts';

const RESULT = { stdout: 'out', stderr: '' };
const REPORT = { task_name: 'one', task_status: 0, task_result: RESULT };

function pathsOf(body: unknown): string[] {
  const parsed = parseReport(body);
  return parsed.ok ? [] : parsed.problems.map(({ path }) => path);
}

describe('parseReport', () => {
  it("reads the original client's report", () => {
    expect(parseReport(REPORT)).toEqual({
      ok: true,
      value: {
        taskName: 'one',
        exitStatus: 0,
        stdout: { text: 'out', bytes: undefined },
        stderr: { text: '', bytes: undefined },
        interrupted: false,
      },
    });
  });

  it('reads the counts of bytes where they are given', () => {
    const task_result = { ...RESULT, stdout_bytes: 900, stderr_bytes: 0 };
    expect(parseReport({ ...REPORT, task_result })).toMatchObject({
      value: { stdout: { bytes: 900 }, stderr: { bytes: 0 } },
    });
  });

  it.each([-2147483648, -1, 0, 255, 4294967295])('takes the status %d', (task_status) => {
    expect(pathsOf({ ...REPORT, task_status })).toEqual([]);
  });

  it.each([
    -2147483649,
    4294967296,
    0.5,
    1e30,
    Number.POSITIVE_INFINITY,
    Number.NaN,
    '0',
    null,
    undefined,
    true,
  ])('refuses the status %s', (task_status) => {
    expect(pathsOf({ ...REPORT, task_status })).toEqual(['task_status']);
  });

  it.each([-1, 0.5, 2 ** 53, '1', null])('refuses the count of bytes %s', (stdout_bytes) => {
    const task_result = { ...RESULT, stdout_bytes };
    expect(pathsOf({ ...REPORT, task_result })).toEqual(['task_result.stdout_bytes']);
  });

  it('names every problem at once', () => {
    const task_result = { stdout: null, std_err: '' };
    expect(pathsOf({ task_nam: 'one', task_status: 0, task_result })).toEqual([
      'task_name',
      'task_result.stdout',
      'task_result.stderr',
      'task_result.std_err',
      'task_nam',
    ]);
  });

  it('suggests the nearest name within the result too', () => {
    const task_result = { ...RESULT, stdout_byte: 1 };
    expect(parseReport({ ...REPORT, task_result })).toMatchObject({
      problems: [{ message: 'unknown field "stdout_byte": did you mean "stdout_bytes"?' }],
    });
  });
});
