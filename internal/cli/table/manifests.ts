import type { CommandSpec, OptionSpec } from '../command.ts';
import { ENV_FILES } from './shared.ts';

const GROUP = 'Manifests';

const FILENAME: OptionSpec = {
  flags: '-f, --filename <path>',
  words: 'File or directory of manifests; - is stdin',
  many: true,
};
const RECURSIVE: OptionSpec = {
  flags: '-R, --recursive',
  words: 'Look through directories within directories too',
};
const DRY_RUN: OptionSpec = {
  flags: '--dry-run <where>',
  words: 'Change nothing: have the server check it, or check it here',
  choices: ['server', 'client'],
};
const OUTPUT: OptionSpec = {
  flags: '-o, --output <format>',
  words: 'Print the objects: name, json or yaml',
  choices: ['name', 'json', 'yaml'],
};
const REPLACE: OptionSpec = {
  flags: '--replace',
  words: 'Delete and make anew what cannot be changed',
};
const OF_A_JOB: readonly OptionSpec[] = [
  { flags: '--image <image>', words: 'Image of the tasks' },
  { flags: '-e, --env <key=value>', words: 'A variable of their environment', many: true },
  { flags: '-l, --label <key=value>', words: 'A label', many: true },
  {
    flags: '--completions <count>',
    words: 'How many tasks; $(INDEX) in arguments tells them apart',
  },
  { flags: '--parallelism <count>', words: 'How many of them run at one time' },
  DRY_RUN,
  OUTPUT,
];

const apply: CommandSpec = {
  name: 'apply',
  group: GROUP,
  summary: 'Make objects be as files say: create them, or change them',
  examples: [
    ['swarmerctl apply -f job.yaml', 'Make the objects of a file, or change them'],
    ['swarmerctl apply -f jobs/ -R --dry-run server', 'See what a directory would change'],
    [
      'swarmerctl apply -f job.yaml --replace --wait',
      'Make it anew if need be, and wait for its end',
    ],
    [
      'swarmerctl apply -f jobs/ --prune -l app=report',
      'Delete what is labelled so and in no file',
    ],
    ['generate | swarmerctl apply -f -', 'From a pipe'],
  ],
  options: [
    FILENAME,
    RECURSIVE,
    ENV_FILES,
    DRY_RUN,
    REPLACE,
    {
      flags: '--prune',
      words: 'Delete what -l finds and no file has, in the namespaces of the files',
    },
    { flags: '-l, --selector <labels>', words: 'What --prune may delete, such as app=report' },
    { flags: '-y, --yes', words: 'Prune without asking' },
    { flags: '--wait', words: 'Until the jobs are complete: exit code 3 when one fails' },
    { flags: '--timeout <time>', words: 'How long to wait, such as 5m' },
    OUTPUT,
  ],
  load: () => import('../commands/apply.ts'),
};

const diff: CommandSpec = {
  name: 'diff',
  group: GROUP,
  summary:
    'Show what apply would change: exit code 0 for nothing, 1 for something, 2 and more for failures',
  examples: [
    ['swarmerctl diff -f job.yaml', 'Compare a file with the server'],
    ['swarmerctl diff -f jobs/ -R > jobs.patch', 'A whole directory'],
  ],
  options: [FILENAME, RECURSIVE, ENV_FILES, REPLACE],
  load: () => import('../commands/diff.ts'),
};

const validate: CommandSpec = {
  name: 'validate',
  group: GROUP,
  summary: 'Find the faults of files, without a server',
  examples: [
    ['swarmerctl validate -f job.yaml', 'Every fault with line and column'],
    ['swarmerctl validate -f jobs/ -R', 'A whole directory'],
  ],
  options: [FILENAME, RECURSIVE, ENV_FILES],
  load: () => import('../commands/validate.ts'),
};

const create: CommandSpec = {
  name: 'create',
  group: GROUP,
  summary: 'Make objects that are not there yet',
  examples: [
    ['swarmerctl create -f job.yaml', 'Of a file'],
    ['swarmerctl create job hello --image alpine:3.20 -- echo hello', 'A job without a file'],
    [
      'swarmerctl create cronjob nightly --image app:7 --schedule "0 3 * * *" -- report',
      'A cron job without a file',
    ],
  ],
  options: [FILENAME, RECURSIVE, ENV_FILES, DRY_RUN, OUTPUT],
  load: () => import('../commands/create.ts'),
  subcommands: [
    {
      name: 'job',
      summary: 'Make a job without a file',
      examples: [
        ['swarmerctl create job hello --image alpine:3.20 -- echo hello', 'One task'],
        [
          "swarmerctl create job parts --image app:7 --completions 100 -- part '$(INDEX)'",
          'A hundred tasks, each with its number',
        ],
        [
          'swarmerctl create job hello --image alpine:3.20 --dry-run client -o yaml',
          'Begin a file',
        ],
      ],
      arguments: [
        { name: '<name>', words: 'Name of the job' },
        { name: '[args...]', words: 'After --: arguments of the container' },
      ],
      options: OF_A_JOB,
      load: () => import('../commands/create-job.ts'),
    },
    {
      name: 'cronjob',
      summary: 'Make a cron job without a file',
      examples: [
        [
          'swarmerctl create cronjob nightly --image app:7 --schedule "0 3 * * *" --time-zone Europe/Berlin -- report',
          'Every night at three',
        ],
      ],
      arguments: [
        { name: '<name>', words: 'Name of the cron job' },
        { name: '[args...]', words: 'After --: arguments of the container' },
      ],
      options: [
        { flags: '--schedule <cron>', words: 'When: five fields as in crontab(5), or @daily' },
        { flags: '--time-zone <zone>', words: 'Zone of the schedule, such as Europe/Berlin; UTC' },
        ...OF_A_JOB,
      ],
      load: () => import('../commands/create-cronjob.ts'),
    },
  ],
};

const convert: CommandSpec = {
  name: 'convert',
  group: GROUP,
  summary: 'Make manifests of ours of Jobs and CronJobs of Kubernetes',
  examples: [
    ['swarmerctl convert -f k8s-job.yaml > job.yaml', 'What has no equivalent is told on stderr'],
    ['kubectl get job report -o yaml | swarmerctl convert -f -', 'From a cluster'],
  ],
  options: [
    FILENAME,
    RECURSIVE,
    {
      flags: '-o, --output <format>',
      words: 'yaml, which is the default, or json',
      choices: ['yaml', 'json'],
    },
  ],
  load: () => import('../commands/convert.ts'),
};

export const manifestCommands: readonly CommandSpec[] = [apply, diff, validate, create, convert];
