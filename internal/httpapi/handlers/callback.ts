import type { Handler } from '../access/caller.ts';
import { notFound } from '../problem.ts';
import { jobOf } from '../resolve.ts';

/** `GET /v1/jobs/<id>/callback`: the callback, its state, and the log of its tries. */
export const callback: Handler = async (request, response, { jobs, catalog }) => {
  const found = await jobs.readCallback(await jobOf(request, catalog));
  if (found === undefined) {
    throw notFound('There is no callback: the job has none, is not finished, or does not exist.');
  }
  const log = found.log.map(({ at, ...entry }) => ({ at: new Date(at).toISOString(), ...entry }));
  response.set('Cache-Control', 'no-store').json({ ...found, log });
};
