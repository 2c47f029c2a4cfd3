import { ApiError } from '../api-error.ts';
import type { Context } from '../context.ts';
import { CliError, EXIT, type ExitCode, Interrupted } from '../errors.ts';
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

/** What a verb does, and to what. */
export interface Steering {
  kinds: readonly [ObjectKind, ...ObjectKind[]];
  act(place: Place): Promise<void>;
  /** Why the server would refuse it of the object as it is, if it would. */
  objection?(object: Resource): string | undefined;
  /** What is not there is passed over. */
  mayBeMissing?: boolean;
}

/**
 * Does something to every object that is named or selected; see {@link eachPlace}. Of several that are named
 * either all are there and can take it, or nothing is done.
 * @returns the exit code of the first failure.
 */
export async function eachTarget(
  context: Context,
  args: readonly string[],
  options: Options,
  steering: Steering,
): Promise<number> {
  const all = await places(context, args, options, steering.kinds);
  if (options.text('selector') === undefined) await checkAll(context, all, steering);
  return eachPlace(context, all, steering.act);
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

/** Of a single one the server says all. @throws CliError that lists what stands in the way. */
async function checkAll(
  context: Context,
  all: readonly Place[],
  { objection, mayBeMissing = false }: Steering,
): Promise<void> {
  if (all.length < 2) return;
  const client = await context.client();
  const details: string[] = [];
  let code: ExitCode | undefined;
  for (const { kind, namespace, name } of all) {
    const title = `${singular(kind)}/${name}`;
    try {
      const object = await client.get<Resource>(apiPath(['namespaces', namespace, kind, name]));
      const why = objection?.(object);
      if (why === undefined) continue;
      details.push(`${title} ${why}`);
      code ??= EXIT.error;
    } catch (error) {
      if (!(error instanceof ApiError) || error.exitCode !== EXIT.notFound) throw error;
      if (mayBeMissing) continue;
      details.push(`${title} does not exist in namespace ${namespace}`);
      code ??= EXIT.notFound;
    }
  }
  if (code !== undefined) throw new CliError('nothing was done', code, details);
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
  if (selector === undefined) return distinct(named).map((target) => ({ ...target, namespace }));
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

/** Each once, however often it is named. */
function distinct(targets: readonly Target[]): Target[] {
  return [...new Map(targets.map((target) => [`${target.kind}/${target.name}`, target])).values()];
}
