import { Command, type CommanderError, Option } from 'commander';
import type { CommandSpec, OptionSpec } from './command.ts';
import { helpOf, ROOT_EXAMPLES } from './help.ts';
import type { CliIo } from './io.ts';

export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { flags: '-n, --namespace <name>', words: 'Namespace of the objects' },
  { flags: '--server <url>', words: 'Address of the API, instead of SWARMER_SERVER' },
  { flags: '--token <token>', words: 'Token for the API, instead of SWARMER_TOKEN' },
  {
    flags: '--context <name>',
    words: 'Context of the config file, instead of the current one',
    complete: 'contexts',
  },
  {
    flags: '--request-timeout <time>',
    words: 'How long to wait for an answer, such as 10s; 0: ever',
  },
  { flags: '--no-color', words: 'No colours, as with NO_COLOR' },
];

/** What the user asked for, once the command line is understood. */
export interface Invocation {
  spec: CommandSpec;
  args: readonly string[];
  /** Also the global ones. */
  options: Readonly<Record<string, unknown>>;
}

/** Called for the verb that was given. */
export type Dispatch = (invocation: Invocation) => void;

/** The command line as commander sees it. Parsing throws CommanderError; nothing ends the process. */
export function buildProgram(
  commands: readonly CommandSpec[],
  io: CliIo,
  dispatch: Dispatch,
): Command {
  const program = new Command('swarmerctl')
    .description('Steers batch jobs on Docker Swarm')
    .version(io.version, '--version', 'Print the version of this program')
    .helpOption('-h, --help', 'Print help')
    .helpCommand('help [verb]', 'Print help of a verb')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? 80,
      getErrHelpWidth: () => io.stderr.columns ?? 80,
      outputError: (text, write) => write(text.replace(/^error: /, 'swarmerctl: ')),
    })
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('before', helpOf(ROOT_EXAMPLES));
  for (const option of GLOBAL_OPTIONS) program.addOption(optionOf(option));
  for (const spec of commands) addCommand(program, spec, dispatch);
  return program;
}

function addCommand(parent: Command, spec: CommandSpec, dispatch: Dispatch): void {
  const command = parent
    .command(spec.name, { hidden: spec.hidden ?? false })
    .summary(spec.summary)
    .description(spec.summary)
    .addHelpText('before', helpOf(spec.examples));
  command.showHelpAfterError(`Run "${pathOf(command)} --help" for how it is used.`);
  if (spec.group !== undefined) command.helpGroup(`${spec.group}:`);
  command.aliases(spec.aliases ?? []);
  for (const { name, words } of spec.arguments ?? []) command.argument(name, words);
  for (const option of spec.options ?? []) command.addOption(optionOf(option));
  for (const inner of spec.subcommands ?? []) addCommand(command, inner, dispatch);
  if (spec.load === undefined) return;
  command.action(() => dispatch({ spec, args: command.args, options: command.optsWithGlobals() }));
}

function optionOf({ flags, words, many, choices }: OptionSpec): Option {
  const option = new Option(flags, words);
  if (choices !== undefined) option.choices(choices);
  if (many) option.argParser((value: string, before: string[] = []) => [...before, value]);
  return option;
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

/** Help and the version are no failures, although commander throws for them too. */
export function isHelp(error: CommanderError): boolean {
  return error.code === 'commander.helpDisplayed' || error.code === 'commander.version';
}
