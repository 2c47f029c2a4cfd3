import type { CommandSpec } from '../command.ts';

const GROUP = 'Run and follow';
const job = { name: '<job>', words: 'Name of the job', complete: 'jobs' } as const;

export const followCommands: readonly CommandSpec[] = [
  {
    name: 'run',
    group: GROUP,
    summary: 'Run one task, show its output while it runs, and exit with its exit code',
    examples: [
      ['swarmerctl run alpine:3.20 -- echo hello', 'Run a command once and show its output'],
      [
        'swarmerctl run --rm --env LEVEL=3 --timeout 10m app:7 -- build',
        'Stop it after ten minutes, keep nothing',
      ],
      ['swarmerctl run --env-file prod.env app:7', 'Give it the variables of a file'],
      ['swarmerctl run --detach --name nightly app:7', 'Start it and leave'],
      [
        'swarmerctl run --command alpine:3.20 -- sh -c "exit 7"; echo $?',
        "Replace the image's entrypoint",
      ],
    ],
    arguments: [
      { name: '<image>', words: 'Image of the task' },
      { name: '[args...]', words: 'After --: arguments of the container' },
    ],
    options: [
      { flags: '--name <name>', words: 'Name of the job; one is made up without it' },
      { flags: '-e, --env <key=value>', words: 'A variable of its environment', many: true },
      {
        flags: '--env-file <file>',
        words: 'Variables of a file, as docker run has it; --env stands above it',
        many: true,
      },
      { flags: '-l, --label <key=value>', words: 'A label of the job', many: true },
      {
        flags: '--timeout <time>',
        words: 'How long the process may run, such as 10m; exit code 6',
      },
      { flags: '--command', words: "What follows -- replaces the image's entrypoint" },
      { flags: '--rm', words: 'Delete the job when it has ended' },
      { flags: '-d, --detach', words: 'Only start it' },
    ],
    load: () => import('../commands/run.ts'),
  },
  {
    name: 'logs',
    group: GROUP,
    summary: 'Show the output of tasks',
    examples: [
      ['swarmerctl logs report', 'Of the only task of a job'],
      ['swarmerctl logs report 17', 'Of one task, by name or index'],
      [
        'swarmerctl logs report 17 --follow --tail 10',
        'The last lines, then what comes, until it ends',
      ],
      ['swarmerctl logs report 17 --previous', 'Of the attempt before the last, or current, one'],
      ['swarmerctl logs report --all --prefix --stream stderr', 'What all tasks wrote to stderr'],
    ],
    arguments: [job, { name: '[task]', words: 'Name or index of the task' }],
    options: [
      { flags: '-f, --follow', words: 'Go on until the task has ended' },
      { flags: '--all', words: 'Of all tasks' },
      { flags: '-p, --previous', words: 'Of the attempt before the last, or current, one' },
      { flags: '--attempt <number>', words: 'Of one attempt; describe lists them' },
      { flags: '--prefix', words: "Begin each line with the task's name" },
      { flags: '--stream <name>', words: 'One stream alone', choices: ['stdout', 'stderr'] },
      { flags: '--tail <lines>', words: 'Only the last lines of each stream' },
    ],
    load: () => import('../commands/logs.ts'),
  },
  {
    name: 'wait',
    group: GROUP,
    summary: 'Wait until jobs have ended: exit code 3 when they end otherwise, 6 at the timeout',
    examples: [
      ['swarmerctl wait report', 'Until it is complete; fails as soon as it fails'],
      ['swarmerctl wait a b --for finished --timeout 30m', 'Until both have ended in whatever way'],
      ['swarmerctl wait report --for delete', 'Until it is no more'],
      ['swarmerctl wait report --for condition=Suspended', 'Until it has a condition'],
    ],
    arguments: [{ name: '<job...>', words: 'Names of jobs', complete: 'jobs' }],
    options: [
      {
        flags: '--for <what>',
        words:
          'complete, failed, cancelled, finished, delete or condition=TYPE; complete unless given',
        complete: ['complete', 'failed', 'cancelled', 'finished', 'delete', 'condition='],
      },
      { flags: '--timeout <time>', words: 'How long to wait, such as 5m; for ever unless given' },
    ],
    load: () => import('../commands/wait.ts'),
  },
  {
    name: 'watch',
    group: GROUP,
    summary:
      'Show the progress of jobs until they have ended: exit code 3 when one did not complete',
    examples: [
      ['swarmerctl watch report', 'Tasks done, rate and time left of one job'],
      ['swarmerctl watch', 'Of all jobs that run'],
    ],
    arguments: [{ name: '[job...]', words: 'Names of jobs', complete: 'jobs' }],
    load: () => import('../commands/watch.ts'),
  },
];
