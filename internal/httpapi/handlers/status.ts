import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Logger } from 'pino';
import { pageTasks, renderBody } from '../../wire/index.ts';
import type { Handler } from '../access/caller.ts';
import { jobId } from '../job-id.ts';
import { notFound } from '../problem.ts';

/** `GET /status/<id>`: the job in the callback's form, streamed page by page. */
export function status(log: Logger): Handler {
  return async (request, response, { jobs }) => {
    const uid = jobId(request.params['id']);
    const job = await jobs.getJob(uid);
    if (job === undefined) throw notFound('There is no such job. Check the id.');
    response.status(200).type('json').set('Cache-Control', 'no-store');
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    const chunks = renderBody(job, pageTasks(jobs, uid));
    // A store that fails now can still be answered with a status of its own.
    const first = await chunks.next();
    try {
      await pipeline(Readable.from(resumed(first, chunks)), response);
    } catch (err) {
      // The pipeline has destroyed the connection: a body that is cut must not look whole.
      log.warn({ err, job: uid, request: request.id }, 'status body cut off');
    }
  };
}

async function* resumed(
  first: IteratorResult<string, void>,
  rest: AsyncGenerator<string, void>,
): AsyncGenerator<string, void> {
  if (!first.done) yield first.value;
  yield* rest;
}
