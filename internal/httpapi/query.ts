import type { Request } from 'express';
import { ApiProblem } from './problem.ts';

/** A number of the query. @throws ApiProblem 400 for what is none, or out of range. */
function numberOf(request: Request, name: string, [least, most]: [number, number]): number {
  const given = request.query[name];
  const value = typeof given === 'string' && /^\d{1,16}$/.test(given) ? Number(given) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new ApiProblem(400, `"${name}" must be an integer from ${least} to ${most}.`);
}

/** The same where it may be left out. */
export function optionalNumber<T>(
  request: Request,
  name: string,
  range: [number, number],
  otherwise: T,
): number | T {
  return request.query[name] === undefined ? otherwise : numberOf(request, name, range);
}

/** True for `name=true`, false for `name=false` and without it. @throws ApiProblem 400. */
export function flagOf(request: Request, name: string): boolean {
  const given = request.query[name] ?? 'false';
  if (given === 'true' || given === 'false') return given === 'true';
  throw new ApiProblem(400, `"${name}" must be true or false.`);
}

/** True for `dryRun=All`, as Kubernetes has it. @throws ApiProblem 400 for anything else. */
export function isDryRun(request: Request): boolean {
  const given = request.query['dryRun'];
  if (given === undefined || given === 'All') return given === 'All';
  throw new ApiProblem(400, '"dryRun" must be All, or be left out.');
}

const ULID_OR_NONE = /^(?:[0-7][0-9A-HJKMNP-TV-Z]{25})?$/;

/** `continue` of an earlier answer, '' for the beginning. @throws ApiProblem 400. */
export function continueOf(request: Request): string {
  const given = request.query['continue'] ?? '';
  if (typeof given === 'string' && ULID_OR_NONE.test(given)) return given;
  throw new ApiProblem(400, '"continue" must be what an earlier answer had in metadata.continue.');
}

/** The resource version of `If-Match`. @throws ApiProblem 400 for what is none. */
export function ifMatch(request: Request): number | undefined {
  const header = request.get('If-Match');
  if (header === undefined || header === '*') return undefined;
  const version = /^"?(\d{1,15})"?$/.exec(header)?.[1];
  if (version !== undefined) return Number(version);
  throw new ApiProblem(400, 'If-Match must be the ETag of an earlier answer, such as "123".');
}
