import type { CommandSpec } from '../command.ts';
import { ALL_NAMESPACES, JOB, NO_HEADERS, OUTPUT, SELECTOR } from './shared.ts';

/** `callbacks` and what is below it. */
export const callbacks: CommandSpec = {
  name: 'callbacks',
  group: 'Steer',
  summary: 'Look at callbacks, and send them again',
  examples: [
    ['swarmerctl callbacks list --state dead', 'Those that were given up'],
    ['swarmerctl callbacks show report', 'How the deliveries of one job went'],
    ['swarmerctl callbacks redeliver report', 'Send it once more'],
  ],
  subcommands: [
    {
      name: 'list',
      summary: 'List callbacks of all namespaces',
      examples: [['swarmerctl callbacks list --state dead', 'Those that were given up']],
      options: [
        {
          flags: '--state <state>',
          words: 'Those in one state',
          choices: ['pending', 'delivered', 'dead'],
        },
        OUTPUT,
        NO_HEADERS,
      ],
      load: () => import('../commands/callbacks-list.ts'),
    },
    {
      name: 'show',
      summary: "Show a job's callback, and how its deliveries went",
      examples: [['swarmerctl callbacks show report', 'As YAML']],
      arguments: [JOB],
      options: [OUTPUT],
      load: () => import('../commands/callbacks-show.ts'),
    },
    {
      name: 'redeliver',
      summary: 'Send callbacks of finished jobs once more',
      examples: [['swarmerctl callbacks redeliver report', 'The same bytes again']],
      arguments: [{ name: '[job...]', words: 'Names of jobs', complete: 'jobs' }],
      options: [SELECTOR, ALL_NAMESPACES],
      load: () => import('../commands/callbacks-redeliver.ts'),
    },
  ],
};
