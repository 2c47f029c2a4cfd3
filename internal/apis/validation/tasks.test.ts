import { describe, expect, it } from 'vitest';
import { parseTasks } from './index.ts';

const KIB = 1024;

function problemsOf(tasks: unknown) {
  const parsed = parseTasks({ tasks });
  return parsed.ok ? [] : parsed.problems;
}

function pathsOf(tasks: unknown): string[] {
  return problemsOf(tasks).map(({ path }) => path);
}

describe('parseTasks', () => {
  it('reads names and arguments as they are typed', () => {
    const args = ['a,b', '"q"', '', 'line\nbreak', '{{ .Node.ID }}', '🙂'];
    const tasks = [{ task_name: 'Task_1.x-y', task_args: args }, { task_name: '7' }];
    expect(parseTasks({ tasks })).toEqual({
      ok: true,
      value: [
        { name: 'Task_1.x-y', args },
        { name: '7', args: [] },
      ],
    });
  });

  it.each(['a', 'A', '0', 'a.b', 'a_b', 'a-b', 'a..b', 'x'.repeat(128)])(
    'takes the name %s',
    (task_name) => {
      expect(problemsOf([{ task_name }])).toEqual([]);
    },
  );

  it.each([
    '',
    '../',
    '..',
    'a/b',
    '-a',
    'a-',
    '.a',
    'a_',
    'a\0b',
    'a\n',
    'a b',
    'ä',
    'а',
    '<script>',
    '\u001b[31m',
    'x'.repeat(129),
    7,
    null,
    ['a'],
  ])('refuses the name %j and states the rule', (task_name) => {
    const [problem, ...others] = problemsOf([{ task_name: 'fine' }, { task_name }]);
    expect(others).toEqual([]);
    expect(problem?.path).toBe('tasks[1].task_name');
    expect(problem?.message).toContain('1 to 128 characters');
  });

  it('names both places of a name that is there twice', () => {
    const tasks = ['a', 'b', 'a', 'a'].map((task_name) => ({ task_name }));
    expect(problemsOf(tasks)).toEqual([
      { path: 'tasks[2].task_name', message: expect.stringContaining('tasks[0] and tasks[2]') },
      { path: 'tasks[3].task_name', message: expect.stringContaining('tasks[0] and tasks[3]') },
    ]);
  });

  it.each([
    ['a number', 1],
    ['null', null],
    ['a list', ['x']],
    ['NUL', 'a\0b'],
    ['half a surrogate pair', '\ud800'],
    ['128 KiB', 'x'.repeat(128 * KIB)],
    ['128 KiB in fewer characters', 'é'.repeat(64 * KIB)],
  ])('refuses an argument that is %s', (_, arg) => {
    expect(pathsOf([{ task_name: 'a', task_args: ['ok', arg] }])).toEqual([
      'tasks[0].task_args[1]',
    ]);
  });

  it('says how to write a number that was meant as text', () => {
    const [problem] = problemsOf([{ task_name: 'a', task_args: [1.5] }]);
    expect(problem?.message).toContain('write it in quotes');
  });

  it.each([
    ['a string', 'a b'],
    ['null', null],
    ['of 1001 arguments', Array(1001).fill('')],
    ['of more than 1 MiB', Array(9).fill('x'.repeat(120 * KIB))],
  ])('refuses arguments that are %s', (_, task_args) => {
    expect(pathsOf([{ task_name: 'a', task_args }])).toEqual(['tasks[0].task_args']);
  });

  it('takes arguments up to the limits', () => {
    const largest = 'x'.repeat(128 * KIB - 1);
    expect(problemsOf([{ task_name: 'a', task_args: Array(8).fill(largest) }])).toEqual([]);
    expect(problemsOf([{ task_name: 'a', task_args: Array(1000).fill('') }])).toEqual([]);
  });

  it.each([undefined, null, [], {}, 'a', Array(100_001).fill({ task_name: 'a' })])(
    'refuses a list of the wrong kind or length (case %#)',
    (tasks) => {
      expect(pathsOf(tasks)).toEqual(['tasks']);
    },
  );

  it.each([null, 1, 'a', []])('refuses the task %j', (task) => {
    expect(pathsOf([{ task_name: 'a' }, task])).toEqual(['tasks[1]']);
  });

  it('keeps 100 problems and counts the others', () => {
    const parsed = parseTasks({ tasks: Array(300).fill({ task_name: 'a', x: 1 }) });
    expect(parsed).toMatchObject({ ok: false, more: 300 + 299 - 100 });
    expect(parsed.ok ? [] : parsed.problems).toHaveLength(100);
  });

  it('stops looking once the problems are in the thousands', () => {
    const task_args = Array(1000).fill(0);
    const tasks = Array.from({ length: 1000 }, (_, index) => ({
      task_name: `t${index}`,
      task_args,
    }));
    const parsed = parseTasks({ tasks });
    expect(parsed).toMatchObject({ ok: false, more: 10_000 - 100 });
  });
});
