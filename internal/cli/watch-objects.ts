import { ApiError } from './api-error.ts';
import type { Client } from './client.ts';
import { CliError } from './errors.ts';
import { type ListQuery, listPath, objectPages } from './list-objects.ts';
import type { Change, Resource } from './resources.ts';

const GONE = 410;

/**
 * The objects of a list and every later change of them, each once and in order, over lost connections too.
 * What is read at one time comes at one time.
 * Where the server no longer knows the point to go on from, the list is read again and what differs from
 * before is passed on. Never ends by itself.
 */
export async function* watchObjects<T extends Resource>(
  client: Client,
  query: ListQuery,
): AsyncGenerator<Change<T>[], never> {
  const known = new Map<string, T>();
  for (;;) {
    const resourceVersion = yield* difference(client, query, known);
    try {
      yield* changes(client, listPath(query, { watch: true, resourceVersion }), known);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === GONE)) throw error;
    }
  }
}

/** Reads the list, and returns the version to watch from. */
async function* difference<T extends Resource>(
  client: Client,
  query: ListQuery,
  known: Map<string, T>,
): AsyncGenerator<Change<T>[], string | undefined> {
  const gone = new Map(known);
  let resourceVersion: string | undefined;
  for await (const page of objectPages<T>(client, query)) {
    // That of the first page: what changed while the others were read comes again, and is known then.
    resourceVersion ??= page.metadata.resourceVersion;
    for (const { metadata } of page.items) gone.delete(metadata.uid);
    yield page.items.flatMap((object) => newer(known, { type: 'ADDED', object }));
  }
  yield [...gone.values()].flatMap((object) => newer(known, { type: 'DELETED', object }));
  return resourceVersion;
}

async function* changes<T extends Resource>(
  client: Client,
  path: string,
  known: Map<string, T>,
): AsyncGenerator<Change<T>[], void> {
  for await (const { event, data } of client.events(path)) {
    if (event !== 'ADDED' && event !== 'MODIFIED' && event !== 'DELETED') continue;
    const { object } = parsed<Change<T>>(data);
    yield newer(known, { type: event, object });
  }
}

/** The change, unless a later state of the object was seen. */
function newer<T extends Resource>(known: Map<string, T>, change: Change<T>): Change<T>[] {
  const { object, type } = change;
  const { uid } = object.metadata;
  const before = known.get(uid);
  if (type === 'DELETED') return known.delete(uid) ? [change] : [];
  if (before !== undefined && version(before) >= version(object)) return [];
  known.set(uid, object);
  return [{ type: before === undefined ? 'ADDED' : 'MODIFIED', object }];
}

function version({ metadata }: Resource): bigint {
  return BigInt(metadata.resourceVersion);
}

function parsed<T>(data: string): T {
  try {
    return JSON.parse(data) as T;
  } catch {
    throw new CliError('the server sent a change that is no JSON: is it of another version?');
  }
}
