import { ApiError } from '../api-error.ts';
import type { Client } from '../client.ts';
import type { Context } from '../context.ts';
import { EXIT, UsageError } from '../errors.ts';
import { type ObjectKind, singular } from '../kinds.ts';
import type { Options } from '../options.ts';
import { terminalSafe } from '../output/terminal-safe.ts';
import { apiPath } from '../path.ts';
import type { Resource } from '../resources.ts';
import { eachPlace, eachTarget, type Place } from '../steer/each-target.ts';
import { untilGone } from '../steer/until-gone.ts';

const KINDS = ['jobs', 'cronjobs'] as const satisfies ObjectKind[];

/** Removes jobs and cron jobs; what runs of them is stopped. With `--wait` until they are gone. */
export async function run(
  context: Context,
  args: readonly string[],
  options: Options,
): Promise<number> {
  const act = await actOf(context, options);
  if (options.list('filename').length === 0) {
    return eachTarget(context, args, options, {
      kinds: KINDS,
      act,
      mayBeMissing: options.flag('ignoreNotFound'),
    });
  }
  if (args.length > 0 || options.text('selector') !== undefined) {
    throw new UsageError('give files (-f), or names, or a selector (-l)');
  }
  return eachPlace(context, await placesOfFiles(context, options), act);
}

async function actOf(context: Context, options: Options): Promise<(place: Place) => Promise<void>> {
  const client = await context.client();
  const remove = options.flag('wait') ? removeAndWait : removeOnly;
  const mayBeMissing = options.flag('ignoreNotFound');
  return async (place) => {
    try {
      await remove(client, place);
    } catch (error) {
      if (mayBeMissing && error instanceof ApiError && error.exitCode === EXIT.notFound) return;
      throw error;
    }
    context.printLine(terminalSafe(`${singular(place.kind)}/${place.name} deleted`));
  };
}

async function placesOfFiles(context: Context, options: Options): Promise<Place[]> {
  const [{ readObjects }, { refsOf }] = await Promise.all([
    import('../files/read-objects.ts'),
    import('../files/manifest-object.ts'),
  ]);
  const refs = refsOf(await readObjects(context, options, { named: true }));
  return refs.map(({ kind, ...ref }) => ({ ...ref, kind: kind === 'Job' ? 'jobs' : 'cronjobs' }));
}

async function removeOnly(client: Client, place: Place): Promise<void> {
  await client.send('DELETE', pathOf(place));
}

async function removeAndWait(client: Client, place: Place): Promise<void> {
  const { metadata } = await client.get<Resource>(pathOf(place));
  await removeOnly(client, place);
  await untilGone(client, place, metadata.uid);
}

function pathOf({ kind, namespace, name }: Place): string {
  return apiPath(['namespaces', namespace, kind, name]);
}
