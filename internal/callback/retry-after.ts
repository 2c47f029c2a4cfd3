/** Longest wait that a receiver can ask for: one hour. */
const MAX_RETRY_AFTER_MS = 60 * 60 * 1000;

const ASKING = new Set([429, 503]);

/**
 * The wait in ms that a reply asks for by `Retry-After` (RFC 9110 10.2.3: seconds or a date), at most
 * an hour. Undefined when its status is not 429 or 503 or the header says nothing readable. Pure.
 *
 * @param now Unix ms, to measure a date against.
 */
export function retryAfterMs(
  status: number,
  header: string | string[] | undefined,
  now: number,
): number | undefined {
  const value = (Array.isArray(header) ? header[0] : header)?.trim();
  if (!ASKING.has(status) || value === undefined) return undefined;
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(0, wait), MAX_RETRY_AFTER_MS);
}
