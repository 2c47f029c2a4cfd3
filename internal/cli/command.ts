import type { Context } from './context.ts';
import type { Options } from './options.ts';

/** One row of the table of verbs: all that help and completion need, and how the verb is loaded. */
export interface CommandSpec {
  name: string;
  aliases?: readonly string[];
  /** One line, for the list of verbs. */
  summary: string;
  /** Heading in the list of verbs. */
  group?: string;
  /** Command line and what it does; help begins with them. */
  examples: readonly (readonly [command: string, words: string])[];
  arguments?: readonly ArgumentSpec[];
  options?: readonly OptionSpec[];
  /** Neither listed nor completed. */
  hidden?: boolean;
  subcommands?: readonly CommandSpec[];
  /** Imports the verb. A row without it has subcommands and nothing else to run. */
  load?: () => Promise<Verb>;
}

export interface ArgumentSpec {
  /** `<name>` is needed, `[name]` is not, `[name...]` repeats. */
  name: string;
  words: string;
  /** What completion offers. */
  complete?: Completion;
}

/** Fixed words, or the names of the server's objects of a kind. */
export type Completion =
  | readonly string[]
  | 'jobs'
  | 'cronjobs'
  | 'suspendable'
  | 'contexts'
  | 'nodes'
  | 'resource';

export interface OptionSpec {
  /** In commander's form, such as `-o, --output <format>`. */
  flags: string;
  words: string;
  /** May be given several times: `options.list()` has all values. */
  many?: boolean;
  choices?: readonly string[];
  complete?: Completion;
}

/** A module of `commands/`. */
export interface Verb {
  /**
   * Does what the verb says.
   * @param args the operands, in order; a repeating one is not nested.
   * @returns the exit code; nothing for 0.
   * @throws CliError for every end that the user can understand.
   */
  run(context: Context, args: readonly string[], options: Options): Promise<number | undefined>;
}
