import type { ArgumentSpec, CommandSpec } from '../command.ts';

const GROUP = 'Steer';
const node: ArgumentSpec = {
  name: '<node...>',
  words: 'Hostnames of nodes, or their ids',
  complete: 'nodes',
};

const drain: CommandSpec = {
  name: 'drain',
  group: GROUP,
  summary: 'Empty nodes without stopping a task, then drain them',
  examples: [
    ['swarmerctl drain worker-1 --wait', 'Come back when the node can be taken down'],
    ['swarmerctl drain worker-1 --wait --timeout 1h', 'Or after an hour: the drain goes on'],
    ['swarmerctl undrain worker-1', 'Give it up, or use the node again'],
  ],
  arguments: [node],
  options: [
    { flags: '--wait', words: 'Until no attempt is on them any more, and they are drained' },
    { flags: '--timeout <time>', words: 'How long to wait, such as 30m; without end unless given' },
  ],
  load: () => import('../commands/drain.ts'),
};

const undrain: CommandSpec = {
  name: 'undrain',
  group: GROUP,
  summary: 'Undo drain: nodes take tasks again',
  examples: [['swarmerctl undrain worker-1', 'Use a node again, or give up its drain']],
  arguments: [node],
  load: () => import('../commands/undrain.ts'),
};

export const nodeCommands: readonly CommandSpec[] = [drain, undrain];
