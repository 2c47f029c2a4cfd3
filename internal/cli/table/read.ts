import type { CommandSpec } from '../command.ts';
import { ALL_NAMESPACES, JOB, NO_HEADERS, OUTPUT, SELECTOR, WATCH } from './shared.ts';

const GROUP = 'Look';

const get: CommandSpec = {
  name: 'get',
  group: GROUP,
  summary: 'List jobs, cron jobs, tasks, events, nodes or callbacks',
  examples: [
    ['swarmerctl get jobs', 'List the jobs of the namespace'],
    [
      'swarmerctl get jobs -A -l app=report --field-selector status.phase=Failed',
      'Those that failed',
    ],
    ['swarmerctl get job report -o yaml', 'All about one job'],
    ['swarmerctl get tasks report --field-selector phase=Failed', 'Its tasks that failed'],
    ["swarmerctl get jobs -o jsonpath='{.items[*].metadata.name}'", 'Names alone'],
    ['swarmerctl get jobs -w', 'Show every change as it happens'],
  ],
  arguments: [
    { name: '<resource>', words: 'What to list, such as jobs, or job/NAME', complete: 'resource' },
    { name: '[name...]', words: 'Names; the job for tasks and events', complete: 'jobs' },
  ],
  options: [
    OUTPUT,
    SELECTOR,
    {
      flags: '--field-selector <fields>',
      words: 'Those with these values, such as status.phase=Failed; phase=Failed of tasks',
    },
    ALL_NAMESPACES,
    WATCH,
    NO_HEADERS,
  ],
  load: () => import('../commands/get.ts'),
};

const describe: CommandSpec = {
  name: 'describe',
  group: GROUP,
  summary: 'Show all about a job or a cron job, for people',
  examples: [
    ['swarmerctl describe job report', 'What it is to do, how far it is, and why tasks failed'],
    ['swarmerctl describe cronjob/nightly', 'When it runs, and what runs now'],
  ],
  arguments: [
    {
      name: '<name...>',
      words: 'Names, perhaps after a kind, or KIND/NAME',
      complete: 'suspendable',
    },
  ],
  load: () => import('../commands/describe.ts'),
};

const events: CommandSpec = {
  name: 'events',
  group: GROUP,
  summary: 'Show what happened to a job',
  examples: [
    ['swarmerctl events report', 'What happened so far'],
    ['swarmerctl events report -w', 'Go on until the job has finished'],
  ],
  arguments: [JOB],
  options: [WATCH, OUTPUT, NO_HEADERS],
  load: () => import('../commands/events.ts'),
};

const nodes: CommandSpec = {
  name: 'nodes',
  group: GROUP,
  summary: 'List the nodes of the swarm',
  examples: [['swarmerctl nodes', 'State of the nodes, and how many tasks they run']],
  options: [OUTPUT, NO_HEADERS],
  load: () => import('../commands/nodes.ts'),
};

const top: CommandSpec = {
  name: 'top',
  group: GROUP,
  summary: 'Show what runs now: slots, nodes, busiest jobs',
  examples: [
    ['swarmerctl top', 'Once'],
    ['swarmerctl top -w', 'Every two seconds, with the tasks that end per second'],
  ],
  options: [
    WATCH,
    { flags: '--interval <time>', words: 'How often with -w; 2s unless given' },
    { flags: '--limit <jobs>', words: 'How many jobs to show; 20 unless given' },
  ],
  load: () => import('../commands/top.ts'),
};

const whoami: CommandSpec = {
  name: 'whoami',
  group: GROUP,
  summary: 'Show what your token may do',
  examples: [['swarmerctl whoami', 'Its name, its role, and the namespaces that it is bound to']],
  options: [OUTPUT, NO_HEADERS],
  load: () => import('../commands/whoami.ts'),
};

export const readCommands: readonly CommandSpec[] = [get, describe, events, nodes, top, whoami];
