import { notFound } from './problem.ts';

const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/**
 * The job id of a path.
 * @throws ApiProblem 404 for what cannot be one, so that no such name reaches the store.
 */
export function jobId(param: unknown): string {
  if (typeof param === 'string' && ULID.test(param)) return param;
  throw notFound('There is no such job: a job id is a ULID, as POST /submit answers it.');
}
