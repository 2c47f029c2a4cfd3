import type { TimelineEntry } from '../../apis/index.ts';
import type { Caller, Handler } from '../access/caller.ts';
import { isoTime } from '../job-resource.ts';
import type { ApiOptions } from '../options.ts';
import { ApiProblem, notFound } from '../problem.ts';
import { flagOf, optionalNumber } from '../query.ts';
import { jobOf } from '../resolve.ts';
import { openSse, type SseStream } from '../sse.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;
const ENTRY_ID = /^\d{1,16}-\d{1,10}$/;

type EventsOptions = Pick<ApiOptions, 'clock' | 'log'>;

/** `GET` of the timeline of a job, oldest first; with `watch=true` as it grows, to the job's end. */
export function events(options: EventsOptions): Handler {
  return async (request, response, caller) => {
    const { jobs, catalog } = caller;
    const watch = flagOf(request, 'watch');
    const after = entryId(
      watch ? (request.get('Last-Event-ID') ?? request.query['after']) : request.query['after'],
    );
    const limit = optionalNumber(request, 'limit', [1, MAX_LIMIT], DEFAULT_LIMIT);
    const uid = await jobOf(request, catalog);
    if ((await jobs.getJob(uid)) === undefined)
      throw notFound('There is no such job. Check the id.');
    if (watch)
      return follow({ ...caller, ...options }, { uid, after }, openSse(request, response, options));
    const items = (await jobs.readEvents(uid, after, limit)).map(shown);
    response.set('Cache-Control', 'no-store').json({ items });
  };
}

/** Sends entries until the job is finished and all of them were sent. */
async function follow(
  { jobs, changes, log }: Caller & EventsOptions,
  { uid, after }: { uid: string; after: string },
  sse: SseStream,
): Promise<void> {
  let seen = after;
  try {
    while (!sse.signal.aborted) {
      // Read first: what is written before the end of the job is among the entries that follow.
      const finished = (await jobs.getJob(uid))?.status.phase !== 'Running';
      const entries = await jobs.readEvents(uid, seen, MAX_LIMIT);
      for (const entry of entries) {
        await sse.send({ id: entry.id, event: 'event', data: shown(entry) });
        seen = entry.id;
      }
      if (entries.length > 0) continue;
      if (finished) return await sse.send({ event: 'end', data: {} });
      await changes.awaitEvent(uid, seen, sse.signal);
    }
  } catch (err) {
    log.warn({ err, job: uid }, 'the watch of a timeline broke off');
  } finally {
    sse.end();
  }
}

function shown({ at, ...entry }: TimelineEntry): object {
  return { ...entry, at: isoTime(at) };
}

function entryId(given: unknown): string {
  if (given === undefined) return '';
  if (typeof given === 'string' && ENTRY_ID.test(given)) return given;
  throw new ApiProblem(400, '"after" must be the id of an entry, as an earlier answer had it.');
}
