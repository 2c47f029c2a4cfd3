import type { Client } from '../client.ts';
import type { Context } from '../context.ts';
import { CliError, EXIT, Interrupted } from '../errors.ts';
import { comparableText } from '../files/comparable.ts';
import { eachObject } from '../files/each-object.ts';
import { type ManifestObject, titleOf } from '../files/manifest-object.ts';
import { readObjects } from '../files/read-objects.ts';
import { applyObject } from '../files/send-object.ts';
import { unifiedDiff } from '../files/unified-diff.ts';
import type { Options } from '../options.ts';
import type { Style } from '../output/style.ts';
import { terminalSafe } from '../output/terminal-safe.ts';

const DIFFERENT = 1;
/** 1 says that there are differences. */
const FAILED = EXIT.usage;

/** Shows what `apply` would change. Exits with 1 when that is anything, with more at a failure. */
export async function run(
  context: Context,
  _: readonly string[],
  options: Options,
): Promise<number> {
  try {
    const objects = await readObjects(context, options, { named: true });
    return (await diffAll(context, objects, options)) ? DIFFERENT : EXIT.ok;
  } catch (error) {
    if (!(error instanceof CliError) || error instanceof Interrupted) throw error;
    if (error.exitCode !== EXIT.error) throw error;
    throw new CliError(error.message, FAILED, error.details);
  }
}

/** @returns whether anything differs. */
async function diffAll(
  context: Context,
  objects: readonly ManifestObject[],
  options: Options,
): Promise<boolean> {
  const client = await context.client();
  const { done, refusal } = await eachObject(context, objects, async (object) => {
    const lines = await diffOf(client, object, options);
    for (const line of lines) context.printLine(painted(context, line));
    return lines.length > 0;
  });
  if (refusal !== undefined) throw refusal;
  return done.includes(true);
}

async function diffOf(client: Client, object: ManifestObject, options: Options): Promise<string[]> {
  const send = { dryRun: true, replace: options.flag('replace') };
  const { before, object: after } = await applyObject(client, object, send);
  const { namespace } = object;
  const title = titleOf(object);
  return unifiedDiff(
    { label: `live/${namespace}/${title}`, text: await comparableText(before) },
    { label: `files/${namespace}/${title}`, text: await comparableText(after) },
  );
}

const STYLES: Readonly<Record<string, Style>> = { '-': 'red', '+': 'green', '@': 'cyan' };

function painted(context: Context, line: string): string {
  const text = terminalSafe(line);
  if (text.startsWith('---') || text.startsWith('+++')) return context.paint('bold', text);
  const style = STYLES[text[0] ?? ''];
  return style === undefined ? text : context.paint(style, text);
}
