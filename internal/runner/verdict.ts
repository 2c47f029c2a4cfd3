import type { Answer } from './post.ts';

/** What an answer means: delivered, worth another try, or final. */
export type Verdict = 'delivered' | 'retry' | 'refused';

const RETRIED: ReadonlySet<number> = new Set([408, 425, 429]);

const MEANINGS: Readonly<Record<number, string>> = {
  400: 'it did not understand the report; the runner and the server may be of different versions',
  401: 'it did not accept the token in SWARMER_ADDRESS',
  404: 'it does not know the job',
  409: 'this attempt was replaced, or has reported already',
  413: 'the report is too large; lower SWARMER_OUTPUT_LIMIT_BYTES',
};

/** Statuses that a later try may change (RFC 9110 15.5.9, RFC 8470 5.2, RFC 6585 4, every 5xx). */
export function verdictOf({ status }: Answer): Verdict {
  if (status >= 200 && status < 300) return 'delivered';
  return status >= 500 || RETRIED.has(status) ? 'retry' : 'refused';
}

export function describeAnswer({ status }: Answer): string {
  const meaning = MEANINGS[status];
  return meaning ? `it answered ${status}: ${meaning}` : `it answered ${status}`;
}

/** `Retry-After` in ms (RFC 9110 10.2.3: seconds, or a date against `now`), 0 to `maxMs`. */
export function retryAfterMs(header: string | undefined, now: number, maxMs: number): number {
  const value = header?.trim() ?? '';
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(wait) ? 0 : Math.min(Math.max(wait, 0), maxMs);
}
