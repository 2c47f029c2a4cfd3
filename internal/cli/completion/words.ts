import type { ArgumentSpec, CommandSpec, Completion, OptionSpec } from '../command.ts';

/** What the word at the cursor may become. */
export interface Wanted {
  /** Fixed words. */
  words: readonly string[];
  /** To be looked up. */
  names?: Exclude<Completion, readonly string[]>;
  /** What stands before the part that is completed, such as `--output=`. */
  prefix: string;
  /** What is there of it. */
  partial: string;
}

/**
 * Reads a command line as far as it is there.
 * @param words without the name of the program; the last one is at the cursor and may be empty.
 */
export function wantedAt(
  commands: readonly CommandSpec[],
  globals: readonly OptionSpec[],
  words: readonly string[],
): Wanted {
  const partial = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const nothing = { words: [], prefix: '', partial };
  if (before.includes('--')) return nothing;
  const { command, options, operands, pending } = walk(commands, globals, before);
  if (pending !== undefined) return { ...nothing, ...candidates(pending) };
  const inline = /^(--[^=]+)=(.*)$/s.exec(partial);
  if (inline) {
    const [, name = '', value = ''] = inline;
    const option = options.find((one) => namesOf(one).includes(name));
    return { ...nothing, ...candidates(option), prefix: `${name}=`, partial: value };
  }
  if (partial.startsWith('-')) return { ...nothing, words: options.flatMap(longNames) };
  const below = command === undefined ? commands : (command.subcommands ?? []);
  if (below.length > 0) return { ...nothing, words: verbs(below) };
  return { ...nothing, ...candidates(argumentAt(command?.arguments ?? [], operands)) };
}

interface Walk {
  command: CommandSpec | undefined;
  options: readonly OptionSpec[];
  operands: number;
  /** An option that still needs its value. */
  pending: OptionSpec | undefined;
}

function walk(
  commands: readonly CommandSpec[],
  globals: readonly OptionSpec[],
  words: readonly string[],
): Walk {
  const at: Walk = { command: undefined, options: globals, operands: 0, pending: undefined };
  for (const word of words) {
    if (at.pending !== undefined) {
      at.pending = undefined;
      continue;
    }
    if (word.startsWith('-')) {
      const option = at.options.find((one) => namesOf(one).includes(word));
      if (option !== undefined && takesValue(option)) at.pending = option;
      continue;
    }
    const below = at.command === undefined ? commands : (at.command.subcommands ?? []);
    const next = below.find(({ name, aliases }) => name === word || aliases?.includes(word));
    if (next === undefined) at.operands++;
    else Object.assign(at, { command: next, options: [...(next.options ?? []), ...globals] });
  }
  return at;
}

function argumentAt(specs: readonly ArgumentSpec[], at: number): ArgumentSpec | undefined {
  const last = specs.at(-1);
  return specs[at] ?? (last?.name.includes('...') ? last : undefined);
}

function candidates(
  spec: { complete?: Completion; choices?: readonly string[] } | undefined,
): Partial<Wanted> {
  const { complete } = spec ?? {};
  if (typeof complete === 'string') return { names: complete };
  return { words: complete ?? spec?.choices ?? [] };
}

function verbs(commands: readonly CommandSpec[]): string[] {
  return commands.filter(({ hidden }) => !hidden).map(({ name }) => name);
}

function namesOf({ flags }: OptionSpec): string[] {
  return flags.split(/[ ,]+/).filter((part) => part.startsWith('-'));
}

function longNames(option: OptionSpec): string[] {
  return namesOf(option).filter((name) => name.startsWith('--'));
}

function takesValue({ flags }: OptionSpec): boolean {
  return flags.includes('<');
}
