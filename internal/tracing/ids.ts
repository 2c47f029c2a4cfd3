import { createHash } from 'node:crypto';

/**
 * Ids that follow from what they are of: whoever tells of it, and however often, tells of the same
 * span, and nothing has to be remembered between its beginning and its end.
 */
function digest(parts: readonly (string | number)[]): string {
  return createHash('sha256')
    .update(`swarmer/${parts.join('/')}`)
    .digest('hex');
}

/** Id of the trace of a job that nobody else has begun one for. */
export function traceIdOf(jobUid: string): string {
  return digest(['trace', jobUid]).slice(0, 32);
}

export function spanIdOf(...parts: (string | number)[]): string {
  return digest(parts).slice(0, 16);
}
