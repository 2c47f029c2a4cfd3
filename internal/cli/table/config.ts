import type { ArgumentSpec, CommandSpec } from '../command.ts';

const name: ArgumentSpec = { name: '<name>', words: 'Name of the context', complete: 'contexts' };

/** `config` and what is below it. */
export const config: CommandSpec = {
  name: 'config',
  group: 'This program',
  summary: 'Contexts: servers under a name',
  examples: [
    [
      'swarmerctl config set-context prod --server https://swarmer.example --token "$TOKEN"',
      'Note a server',
    ],
    ['swarmerctl config use-context prod', 'Use it from now on'],
    ['swarmerctl config get-contexts', 'List them'],
  ],
  subcommands: [
    {
      name: 'get-contexts',
      summary: 'List the contexts',
      examples: [['swarmerctl config get-contexts', 'The current one has a star']],
      options: [{ flags: '-o, --output <format>', words: 'name: names alone', choices: ['name'] }],
      load: () => import('../commands/config-get-contexts.ts'),
    },
    {
      name: 'current-context',
      summary: 'Print the name of the current context',
      examples: [['swarmerctl config current-context', 'Which server is it?']],
      load: () => import('../commands/config-current-context.ts'),
    },
    {
      name: 'use-context',
      summary: 'Make a context the current one',
      examples: [['swarmerctl config use-context prod', 'Use it from now on']],
      arguments: [name],
      load: () => import('../commands/config-use-context.ts'),
    },
    {
      name: 'set-context',
      summary: 'Make a context, or change it: --server, --token and --namespace',
      examples: [
        ['swarmerctl config set-context prod --server https://swarmer.example', 'Note a server'],
        ['swarmerctl config set-context prod --namespace reports', 'Change one thing'],
      ],
      arguments: [name],
      load: () => import('../commands/config-set-context.ts'),
    },
    {
      name: 'delete-context',
      summary: 'Remove a context',
      examples: [['swarmerctl config delete-context prod', 'Forget a server']],
      arguments: [name],
      load: () => import('../commands/config-delete-context.ts'),
    },
    {
      name: 'view',
      summary: 'Print the config file, without tokens',
      examples: [['swarmerctl config view', 'All contexts as YAML']],
      load: () => import('../commands/config-view.ts'),
    },
  ],
};
