import type { CommandSpec } from '../command.ts';
import { config } from './config.ts';
import { install } from './install.ts';

const GROUP = 'This program';

const explain: CommandSpec = {
  name: 'explain',
  group: 'Manifests',
  summary: 'Show what a field of a manifest means',
  examples: [
    ['swarmerctl explain job.spec', 'The fields of a job'],
    ['swarmerctl explain job.spec.failurePolicy', 'One field, and those below it'],
    ['swarmerctl explain cronjob --recursive', 'All fields of a cron job'],
  ],
  arguments: [
    {
      name: '<path>',
      words: 'Kind and field, such as job.spec.tasks',
      complete: ['job.', 'cronjob.'],
    },
  ],
  options: [{ flags: '--recursive', words: 'Also the fields of fields' }],
  load: () => import('../commands/explain.ts'),
};

const schema: CommandSpec = {
  name: 'schema',
  group: 'Manifests',
  summary: 'Print the JSON Schema of manifests, for editors',
  examples: [
    ['swarmerctl schema > swarmer.schema.json', 'For "# yaml-language-server: $schema=…"'],
    ['swarmerctl schema cronjob', 'Of cron jobs alone'],
  ],
  arguments: [
    { name: '[kind]', words: 'job or cronjob; both without it', complete: ['job', 'cronjob'] },
  ],
  load: () => import('../commands/schema.ts'),
};

const completion: CommandSpec = {
  name: 'completion',
  group: GROUP,
  summary: 'Print a script that completes command lines in a shell',
  examples: [
    ['source <(swarmerctl completion bash)', 'For this bash; put the line into ~/.bashrc for all'],
    ['swarmerctl completion zsh > ~/.zfunc/_swarmerctl', 'For zsh, with ~/.zfunc in fpath'],
    ['swarmerctl completion fish > ~/.config/fish/completions/swarmerctl.fish', 'For fish'],
  ],
  arguments: [{ name: '<shell>', words: 'bash, zsh or fish', complete: ['bash', 'zsh', 'fish'] }],
  load: () => import('../commands/completion.ts'),
};

const complete: CommandSpec = {
  name: '__complete',
  hidden: true,
  summary: 'Print what the last word may become, for the scripts of completion',
  examples: [['swarmerctl __complete -- get jo', 'Prints "jobs" and "job"']],
  arguments: [{ name: '[word...]', words: 'The words so far, without the name of the program' }],
  load: () => import('../commands/complete.ts'),
};

const version: CommandSpec = {
  name: 'version',
  group: GROUP,
  summary: 'Print the versions of this program and of the server',
  examples: [
    ['swarmerctl version', 'Both'],
    ['swarmerctl version --client', 'Without asking the server'],
  ],
  options: [
    { flags: '--client', words: 'Do not ask the server' },
    { flags: '-o, --output <format>', words: 'json or yaml', choices: ['json', 'yaml'] },
  ],
  load: () => import('../commands/version.ts'),
};

export const localCommands: readonly CommandSpec[] = [
  explain,
  schema,
  config,
  install,
  completion,
  complete,
  version,
];
