import type { Client } from '../client.ts';
import type { Context } from '../context.ts';
import { CliError, UsageError } from '../errors.ts';
import type { Options } from '../options.ts';
import { terminalSafe } from '../output/terminal-safe.ts';
import { confirm } from './confirm.ts';
import { findPrunable, pruneObject } from './prune.ts';
import type { ObjectRef } from './prune-plan.ts';

/** What `--prune` may do. */
export interface PruneOrder {
  selector: string;
  /** Only the preview. */
  dryRun: boolean;
  /** Nobody is asked. */
  yes: boolean;
}

/**
 * Reads `--prune` before anything is sent.
 * @throws UsageError without a selector, or when nobody could be asked.
 */
export function pruneOrder(context: Context, options: Options): PruneOrder | undefined {
  const selector = options.text('selector')?.trim();
  if (!options.flag('prune')) {
    if (selector === undefined) return undefined;
    throw new UsageError('-l says what --prune may delete; it does nothing without it');
  }
  if (!selector) {
    throw new UsageError(
      '--prune needs a selector, such as -l app=report: it deletes what that finds',
    );
  }
  const order = {
    selector,
    dryRun: options.text('dryRun') !== undefined,
    yes: options.flag('yes'),
  };
  const { stdin, stderr } = context.io;
  const canAsk =
    stdin.isTTY === true && stderr.isTTY === true && !options.list('filename').includes('-');
  if (order.yes || order.dryRun || canAsk) return order;
  throw new UsageError('--prune deletes objects: say --yes where there is no terminal to ask at');
}

/**
 * Deletes what the selector finds and the files do not have, after a preview.
 * @throws CliError when the user says no.
 */
export async function prune(
  context: Context,
  client: Client,
  order: PruneOrder,
  kept: readonly ObjectRef[],
): Promise<void> {
  const objects = await findPrunable(client, order.selector, kept);
  if (objects.length === 0) return;
  const count = objects.length === 1 ? 'this object' : `these ${objects.length} objects`;
  context.say(`not in the files, but with the labels ${terminalSafe(order.selector)}:`);
  for (const object of objects) {
    context.say(`  ${titleOf(object)} in namespace ${terminalSafe(object.namespace)}`);
  }
  if (order.dryRun) {
    for (const object of objects) context.printLine(`${titleOf(object)} pruned (dry run)`);
    return;
  }
  if (!order.yes && !(await confirm(context, `Delete ${count}?`))) {
    throw new CliError('nothing was pruned');
  }
  for (const object of objects) {
    await pruneObject(client, object);
    context.printLine(`${titleOf(object)} pruned`);
  }
}

function titleOf({ kind, name }: ObjectRef): string {
  return terminalSafe(`${kind.toLowerCase()}/${name}`);
}
