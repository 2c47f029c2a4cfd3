import { globalsOf, joinedWords } from '../completion/globals.ts';
import { lookUp } from '../completion/names.ts';
import { type Wanted, wantedAt } from '../completion/words.ts';
import { Context } from '../context.ts';
import { CliError, Interrupted } from '../errors.ts';
import { Options } from '../options.ts';
import { GLOBAL_OPTIONS } from '../program.ts';

/** Whoever presses Tab does not wait longer. */
const PATIENCE = '3s';

/** Prints what the last word may become, one per line. A server that does not answer is no failure. */
export async function run(context: Context): Promise<undefined> {
  const { words, apart } = joinedWords(context.trailing ?? []);
  const wanted = wantedAt(context.commands, GLOBAL_OPTIONS, words);
  const names = await namesOf(context, wanted, words);
  for (const word of [...wanted.words, ...names]) {
    if (!word.startsWith(wanted.partial)) continue;
    context.printLine(apart ? word : wanted.prefix + word);
  }
  return undefined;
}

async function namesOf(
  context: Context,
  { names }: Wanted,
  words: readonly string[],
): Promise<string[]> {
  if (names === undefined) return [];
  const options = new Options({ requestTimeout: PATIENCE, ...globalsOf(words) });
  const { io, signal, commands } = context;
  const there = new Context({ io, options, signal, commands });
  try {
    return await lookUp(there, names, words);
  } catch (error) {
    if (!(error instanceof CliError) || error instanceof Interrupted) throw error;
    // The scripts drop stderr; whoever looks why nothing is completed sees it.
    context.say(error.message);
    return [];
  } finally {
    await there.close();
  }
}
