import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveCommand } from './command.ts';
import type { Env } from './env.ts';

const taskArgs = (...args: string[]) => ({ SWARMER_TASK_ARGS: JSON.stringify(args) });

describe('resolveCommand', () => {
  it.each<[string, string[], Env, string[]]>([
    ['the arguments', ['ls', '-l'], {}, ['ls', '-l']],
    ['what follows --', ['--', 'ls', '--', '-l'], {}, ['ls', '--', '-l']],
    ['argv as it is, the task args are in it', ['ls', 'x'], taskArgs('x'), ['ls', 'x']],
    ['task args as the command when there is no RUN_CMD', ['ls'], taskArgs('ls'), ['ls']],
    ['RUN_CMD', [], { RUN_CMD: 'python run.py' }, ['python', 'run.py']],
    ['RUN_CMD and RUN_ARGS', [], { RUN_CMD: 'run', RUN_ARGS: 'a,b c,' }, ['run', 'a', 'b c', '']],
    ['RUN_CMD alone for empty RUN_ARGS', [], { RUN_CMD: 'run', RUN_ARGS: '' }, ['run']],
    [
      'SWARMER_TASK_ARGS before RUN_ARGS',
      [],
      { RUN_CMD: 'run', RUN_ARGS: 'a,b', ...taskArgs('a,b') },
      ['run', 'a,b'],
    ],
    [
      'RUN_CMD when argv is only the task args that swarm appended',
      ['a', '--help'],
      { RUN_CMD: 'run', ...taskArgs('a', '--help') },
      ['run', 'a', '--help'],
    ],
    [
      'RUN_CMD when the task args begin with --',
      ['--', 'a'],
      { RUN_CMD: 'run', ...taskArgs('--', 'a') },
      ['run', '--', 'a'],
    ],
    ['argv before RUN_CMD', ['ls', 'a'], { RUN_CMD: 'run', ...taskArgs('a') }, ['ls', 'a']],
  ])('takes %s', (_, argv, env, expected) => {
    const { file, args } = resolveCommand(argv, env);
    expect([file, ...args]).toEqual(expected);
  });

  it('runs RUN_CMD in RUN_BASE_DIR, and a command of argv where it is', () => {
    const env = { RUN_CMD: 'run', RUN_BASE_DIR: '/data' };
    expect(resolveCommand([], env).cwd).toBe('/data');
    expect(resolveCommand(['ls'], env)).not.toHaveProperty('cwd');
  });

  it('hands every argument on as the task has it', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (args) => {
        const env = { RUN_CMD: 'run', RUN_ARGS: args.join(','), ...taskArgs(...args) };
        expect(resolveCommand([], env).args).toEqual(args);
        expect(resolveCommand(args, env).args).toEqual(args);
      }),
    );
  });

  it.each<[string, string[], Env, string]>([
    ['no command at all', [], {}, 'no command'],
    ['a lone --', ['--'], {}, 'no command'],
    ['a blank RUN_CMD', [], { RUN_CMD: ' ' }, 'no command'],
    ['an open quote', [], { RUN_CMD: "run 'a" }, "RUN_CMD cannot be split into words: ' at"],
    [
      'task args that are no JSON',
      [],
      { RUN_CMD: 'run', SWARMER_TASK_ARGS: 'a' },
      'SWARMER_TASK_ARGS',
    ],
    ['task args of numbers', [], { RUN_CMD: 'run', SWARMER_TASK_ARGS: '[1]' }, 'SWARMER_TASK_ARGS'],
  ])('refuses %s with status 125', (_, argv, env, message) => {
    const refusal = expect.objectContaining({
      status: 125,
      message: expect.stringContaining(message),
    });
    expect(() => resolveCommand(argv, env)).toThrow(refusal);
  });
});
