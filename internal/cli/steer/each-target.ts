import type { Context } from '../context.ts';
import { CliError, EXIT, Interrupted } from '../errors.ts';
import { type ObjectKind, singular } from '../kinds.ts';
import { objectPages } from '../list-objects.ts';
import type { Options } from '../options.ts';
import { terminalSafe } from '../output/terminal-safe.ts';
import { apiPath } from '../path.ts';
import type { Resource } from '../resources.ts';
import { readTargets, type Target } from '../targets.ts';

/** An object, with the namespace that it is in. */
export interface Place extends Target {
  namespace: string;
}

/**
 * Does something to every object that is named or selected; see {@link eachPlace}.
 * @returns the exit code of the first failure.
 */
export async function eachTarget(
  context: Context,
  args: readonly string[],
  options: Options,
  allowed: readonly [ObjectKind, ...ObjectKind[]],
  act: (place: Place) => Promise<void>,
): Promise<number> {
  return eachPlace(context, await places(context, args, options, allowed), act);
}

/**
 * The same, but of several that are named either all are there, or nothing is done.
 * @throws CliError that lists those that are not there.
 */
export async function eachOfAll(
  context: Context,
  args: readonly string[],
  options: Options,
  allowed: readonly [ObjectKind, ...ObjectKind[]],
  act: (place: Place) => Promise<void>,
): Promise<number> {
  const all = await places(context, args, options, allowed);
  const client = await context.client();
  const missing: string[] = [];
  // Of a single one the server says that by itself; what was selected is there.
  const named = all.length > 1 && options.text('selector') === undefined ? all : [];
  for (const { kind, namespace, name } of named) {
    await client.get(apiPath(['namespaces', namespace, kind, name])).catch((error: unknown) => {
      if (!(error instanceof CliError) || error.exitCode !== EXIT.notFound) throw error;
      missing.push(`${singular(kind)}/${name} is not there in namespace ${namespace}`);
    });
  }
  if (missing.length > 0) throw new CliError('nothing was done', EXIT.notFound, missing);
  return eachPlace(context, all, act);
}

/**
 * Does something to every object, one after the other. One that fails does not keep the others from it.
 * @returns the exit code of the first failure.
 */
export async function eachPlace(
  context: Context,
  all: readonly Place[],
  act: (place: Place) => Promise<void>,
): Promise<number> {
  let code: number = EXIT.ok;
  for (const place of all) {
    try {
      await act(place);
    } catch (error) {
      if (!(error instanceof CliError) || error instanceof Interrupted) throw error;
      tellOf(context, error);
      if (code === EXIT.ok) code = error.exitCode;
    }
  }
  return code;
}

function tellOf(context: Context, { message, details }: CliError): void {
  context.say(`swarmerctl: ${terminalSafe(message)}`);
  for (const detail of details) context.say(`  ${terminalSafe(detail)}`);
}

async function places(
  context: Context,
  args: readonly string[],
  options: Options,
  allowed: readonly [ObjectKind, ...ObjectKind[]],
): Promise<Place[]> {
  const selector = options.text('selector');
  const { kind, named } = await readTargets(args, allowed, selector);
  const namespace = await context.namespace();
  if (selector === undefined) return named.map((target) => ({ ...target, namespace }));
  const everywhere = options.flag('allNamespaces');
  const client = await context.client();
  const query = { kind, namespace: everywhere ? undefined : namespace, labelSelector: selector };
  const found: Place[] = [];
  // All pages before the first act: what an act changes must not move the pages.
  for await (const { items } of objectPages<Resource>(client, query)) {
    for (const { metadata } of items) {
      found.push({ kind, namespace: metadata.namespace, name: metadata.name });
    }
  }
  if (found.length === 0) context.say(`There are no ${kind} that "${selector}" selects.`);
  return found;
}
