import type { CommandSpec } from '../command.ts';

/** `install` and what is below it. */
export const install: CommandSpec = {
  name: 'install',
  group: 'This program',
  summary: 'See to the stack that runs Swarmer in its own swarm',
  examples: [['swarmerctl install check', 'What is still missing for manifests/stack.yml?']],
  subcommands: [
    {
      name: 'check',
      summary: 'Say what the stack needs and does not find, and what to type',
      examples: [
        ['swarmerctl install check', 'On a manager; asks the docker command, not the API'],
        ['DOCKER_HOST=ssh://root@m1 swarmerctl install check', 'Of another machine'],
      ],
      load: () => import('../commands/install-check.ts'),
    },
  ],
};
