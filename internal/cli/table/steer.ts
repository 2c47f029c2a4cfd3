import type { ArgumentSpec, CommandSpec } from '../command.ts';
import { callbacks } from './callbacks.ts';
import { ALL_NAMESPACES, ENV_FILES, SELECTOR } from './shared.ts';

const GROUP = 'Steer';
const jobs: ArgumentSpec = { name: '[job...]', words: 'Names of jobs', complete: 'jobs' };
const either: ArgumentSpec = {
  name: '[name...]',
  words: 'Names of jobs, or KIND/NAME, or names after a kind',
  complete: 'suspendable',
};
const options = [SELECTOR, ALL_NAMESPACES] as const;

const cancel: CommandSpec = {
  name: 'cancel',
  group: GROUP,
  summary: 'End jobs: nothing more is started, and what runs is stopped',
  examples: [
    ['swarmerctl cancel report', 'End one job'],
    ['swarmerctl cancel -l app=report', 'End all jobs with a label'],
  ],
  arguments: [jobs],
  options,
  load: () => import('../commands/cancel.ts'),
};

const suspend: CommandSpec = {
  name: 'suspend',
  group: GROUP,
  summary: 'Start no more tasks of a job, or no more jobs of a cron job',
  examples: [
    ['swarmerctl suspend report', 'Tasks that run go on; the others wait'],
    ['swarmerctl suspend cronjob/nightly', 'Let the schedule pass'],
  ],
  arguments: [either],
  options,
  load: () => import('../commands/suspend.ts'),
};

const resume: CommandSpec = {
  name: 'resume',
  group: GROUP,
  summary: 'Undo suspend',
  examples: [
    ['swarmerctl resume report', 'Go on with a job'],
    ['swarmerctl resume cronjob/nightly', 'Go on with a schedule'],
  ],
  arguments: [either],
  options,
  load: () => import('../commands/resume.ts'),
};

const retry: CommandSpec = {
  name: 'retry',
  group: GROUP,
  summary: 'Run the tasks of a finished job again that did not succeed',
  examples: [
    ['swarmerctl retry report', 'Give what failed another try'],
    ['swarmerctl retry report 16 north', 'Two of its tasks, by index or name: both, or none'],
    ['swarmerctl retry jobs report build', 'Two jobs: both, or none'],
  ],
  arguments: [
    {
      name: '[job]',
      words: 'Name of the job, or KIND/NAME, or names after a kind',
      complete: 'jobs',
    },
    { name: '[task...]', words: 'Names or indices of its tasks; all that did not succeed without' },
  ],
  options,
  load: () => import('../commands/retry.ts'),
};

const remove: CommandSpec = {
  name: 'delete',
  group: GROUP,
  summary: 'Remove jobs and cron jobs; what runs of them is stopped',
  examples: [
    ['swarmerctl delete job report', 'Remove one job'],
    ['swarmerctl delete cronjob/nightly --wait', 'Come back when it is gone'],
    ['swarmerctl delete jobs -l app=report', 'Remove all jobs with a label'],
    ['swarmerctl delete -f job.yaml', 'Remove the objects of a file'],
  ],
  arguments: [either],
  options: [
    ...options,
    { flags: '-f, --filename <file>', words: 'File of manifests; - is stdin', many: true },
    ENV_FILES,
    { flags: '-R, --recursive', words: 'Also the directories below a directory' },
    { flags: '--wait', words: 'Until they are gone' },
    { flags: '--ignore-not-found', words: 'What is not there is no failure' },
  ],
  load: () => import('../commands/delete.ts'),
};

const trigger: CommandSpec = {
  name: 'trigger',
  group: GROUP,
  summary: 'Make a job of a cron job now',
  examples: [['swarmerctl trigger nightly', 'Do not wait for the night']],
  arguments: [{ name: '[cronjob...]', words: 'Names of cron jobs', complete: 'cronjobs' }],
  options,
  load: () => import('../commands/trigger.ts'),
};

export const steerCommands: readonly CommandSpec[] = [
  cancel,
  suspend,
  resume,
  retry,
  remove,
  trigger,
  callbacks,
];
