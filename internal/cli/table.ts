import type { CommandSpec } from './command.ts';
import { followCommands } from './table/follow.ts';
import { localCommands } from './table/local.ts';
import { manifestCommands } from './table/manifests.ts';
import { nodeCommands } from './table/nodes.ts';
import { readCommands } from './table/read.ts';
import { steerCommands } from './table/steer.ts';

/** All verbs, in the order of help. Rows import nothing: a verb's module is loaded when it is run. */
export const COMMANDS: readonly CommandSpec[] = [
  ...manifestCommands,
  ...readCommands,
  ...followCommands,
  ...steerCommands,
  ...nodeCommands,
  ...localCommands,
];
