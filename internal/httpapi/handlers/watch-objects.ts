import type { Request, Response } from 'express';
import type { ObjectChange } from '../../store/ports.ts';
import type { ApiOptions } from '../options.ts';
import { ApiProblem } from '../problem.ts';
import { optionalNumber } from '../query.ts';
import type { HiddenChange, ScopedChanges } from '../scope/scoped-changes.ts';
import { openSse, type SseStream } from '../sse.ts';

export type WatchOptions = Pick<ApiOptions, 'clock' | 'log'>;

/** The objects of a kind that somebody watches. */
export interface Watched<T> {
  kind: ObjectChange['kind'];
  /** All of them unless given. */
  namespace?: string;
  list(page: { after: string; limit: number }): Promise<{ items: T[]; next?: string }>;
  /** The object at this version, or at a later one. */
  read(uid: string, version: number): Promise<T | undefined>;
  /** The object right after a change; of one that is gone what the change says of it. */
  asItWas(change: ObjectChange, now: T | undefined): T;
  matches(of: T): boolean;
  resource(of: T): object;
}

const BATCH = 200;
/** Changes of other objects after which a client is told how far it has come. */
const BOOKMARK_EVERY = 1000;
const PAGE = 500;

/**
 * Sends every change of some objects, from the version on that the client has seen. Each event is the
 * object as it was after that change; its spec is the present one.
 * @throws ApiProblem 410 when changes since that version are no longer kept.
 */
export async function watchObjects<T>(
  options: WatchOptions & { changes: ScopedChanges },
  watched: Watched<T>,
  request: Request,
  response: Response,
): Promise<void> {
  const { changes } = options;
  const since = sinceOf(request);
  if (since !== undefined && !(await changes.keepsAfter(since))) throw gone();
  const sse = openSse(request, response, options);
  try {
    await follow(changes, watched, sse, since ?? (await sendAll(changes, watched, sse)));
  } catch (err) {
    // The status has been sent: the client comes again with the id of the last event it has.
    options.log.warn({ err, request: request.id }, 'a watch broke off');
  } finally {
    sse.end();
  }
}

function gone(): ApiProblem {
  const detail =
    'Changes since this resourceVersion are no longer kept. List again, and watch from there.';
  return new ApiProblem(410, detail);
}

function sinceOf(request: Request): number | undefined {
  const range: [number, number] = [0, Number.MAX_SAFE_INTEGER];
  const last = request.get('Last-Event-ID');
  if (last !== undefined && /^\d{1,15}$/.test(last)) return Number(last);
  return optionalNumber(request, 'resourceVersion', range, undefined);
}

/** Sends every object there is as ADDED. @returns the version from which changes follow. */
async function sendAll<T>(
  changes: ScopedChanges,
  watched: Watched<T>,
  sse: SseStream,
): Promise<number> {
  const version = await changes.version();
  let after: string | undefined = '';
  while (after !== undefined && !sse.signal.aborted) {
    const page: { items: T[]; next?: string } = await watched.list({ after, limit: PAGE });
    for (const item of page.items) {
      const data = { type: 'ADDED', object: watched.resource(item) };
      await sse.send({ event: 'ADDED', data });
    }
    after = page.next;
  }
  await bookmark(sse, watched.kind, version);
  return version;
}

async function follow<T>(
  changes: ScopedChanges,
  watched: Watched<T>,
  sse: SseStream,
  from: number,
): Promise<void> {
  let seen = from;
  let told = from;
  while (!sse.signal.aborted) {
    const batch = await changes.changesAfter(seen, BATCH);
    if (batch === undefined) return;
    const objects = objectsOf(watched, batch);
    for (const change of batch) {
      seen = change.version;
      if (await send(watched, sse, change, objects)) told = seen;
    }
    if (seen - told >= BOOKMARK_EVERY) {
      await bookmark(sse, watched.kind, seen);
      told = seen;
    }
    if (batch.length === 0) await changes.awaitChange(seen, sse.signal);
  }
}

/** Reads the objects that have changed, each once and at the version of its last change. */
function objectsOf<T>(
  watched: Watched<T>,
  batch: readonly (ObjectChange | HiddenChange)[],
): (uid: string) => Promise<T | undefined> {
  const last = new Map<string, number>();
  for (const change of batch) if (change.kind !== 'Hidden') last.set(change.uid, change.version);
  const known = new Map<string, Promise<T | undefined>>();
  return (uid) => {
    const object = known.get(uid) ?? watched.read(uid, last.get(uid) ?? 0);
    known.set(uid, object);
    return object;
  };
}

/** @returns true when the change was one of those that are watched. */
async function send<T>(
  watched: Watched<T>,
  sse: SseStream,
  change: ObjectChange | HiddenChange,
  objectOf: (uid: string) => Promise<T | undefined>,
): Promise<boolean> {
  if (change.kind !== watched.kind) return false;
  const { uid, meta, version, change: type } = change;
  if (watched.namespace !== undefined && watched.namespace !== meta.namespace) return false;
  const object = watched.asItWas(change, await objectOf(uid));
  if (!watched.matches(object)) return false;
  const data = { type, object: watched.resource(object) };
  await sse.send({ id: String(version), event: type, data });
  return true;
}

function bookmark(sse: SseStream, kind: string, version: number): Promise<void> {
  const object = { kind, metadata: { resourceVersion: String(version) } };
  return sse.send({ id: String(version), event: 'BOOKMARK', data: { type: 'BOOKMARK', object } });
}
