import type { Client } from '../client.ts';
import type { Context } from '../context.ts';
import { EXIT, UsageError } from '../errors.ts';
import { appliedLine } from '../files/apply-line.ts';
import { tellValid } from '../files/client-dry-run.ts';
import { eachObject } from '../files/each-object.ts';
import { type ManifestObject, refsOf } from '../files/manifest-object.ts';
import { objectFormat, printObjects } from '../files/print-objects.ts';
import type { ObjectRef } from '../files/prune-plan.ts';
import { prune, pruneOrder } from '../files/prune-run.ts';
import { readObjects } from '../files/read-objects.ts';
import { applyObject } from '../files/send-object.ts';
import { parseGoal } from '../follow/goal.ts';
import { waitForJobs } from '../follow/wait-for-jobs.ts';
import type { Options } from '../options.ts';

/** Makes the objects of files be as the files say. */
export async function run(
  context: Context,
  _: readonly string[],
  options: Options,
): Promise<number> {
  const format = objectFormat(options);
  const order = pruneOrder(context, options);
  const timeoutMs = options.duration('timeout');
  const dryRun = options.text('dryRun');
  if (dryRun !== undefined && options.flag('wait')) {
    throw new UsageError('--wait and --dry-run exclude each other');
  }
  const objects = await readObjects(context, options, { named: true });
  if (dryRun === 'client') {
    await tellValid(context, objects, format);
    if (order === undefined) return EXIT.ok;
  }
  const client = await context.client();
  const applied =
    dryRun === 'client' ? refsOf(objects) : await applyAll(context, client, objects, options);
  if (order !== undefined) await prune(context, client, order, applied);
  if (options.flag('wait')) await waitForAll(context, client, applied, timeoutMs);
  return EXIT.ok;
}

/** @throws CliError when the server refuses any; the others are applied. */
async function applyAll(
  context: Context,
  client: Client,
  objects: readonly ManifestObject[],
  options: Options,
): Promise<ObjectRef[]> {
  const format = objectFormat(options);
  const dryRun = options.text('dryRun') !== undefined;
  const send = { dryRun, replace: options.flag('replace') };
  const { done, refusal } = await eachObject(context, objects, async (object) => {
    const applied = await applyObject(client, object, send);
    const line = appliedLine(applied, dryRun ? ' (server dry run)' : '');
    if (format === undefined) context.printLine(line);
    return applied.object;
  });
  if (format !== undefined) await printObjects(context, format, done);
  if (refusal !== undefined) throw refusal;
  return done.map(({ kind, metadata: { namespace, name } }) => ({ kind, namespace, name }));
}

/** Cron jobs never end: nothing is waited for there. */
async function waitForAll(
  context: Context,
  client: Client,
  applied: readonly ObjectRef[],
  timeoutMs: number | undefined,
): Promise<void> {
  const jobs = applied.filter(({ kind }) => kind === 'Job');
  const namespaces = new Set(jobs.map(({ namespace }) => namespace));
  const { clock } = context.io;
  const waits = [...namespaces].map((namespace) =>
    waitForJobs(client, {
      namespace,
      names: jobs.filter((job) => job.namespace === namespace).map(({ name }) => name),
      goal: parseGoal('complete'),
      timeoutMs,
      clock,
      signal: context.signal,
      onMet: (name) => context.say(`job/${name} is Complete`),
    }),
  );
  await Promise.all(waits);
}
