import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AttemptId } from './attempt.ts';

const TOKEN = /^(\d{1,7})\.(\d{1,7})\.([A-Za-z0-9_-]{43})$/;

function mac(key: Buffer, id: AttemptId): Buffer {
  return createHmac('sha256', key).update(`${id.jobUid}/${id.index}/${id.attempt}`).digest();
}

/**
 * The token with which one attempt, and no other, may report. Nothing of it is stored: it is an
 * HMAC of the attempt's identity, so any API replica can check it.
 */
export function reportToken(key: Buffer, id: AttemptId): string {
  return `${id.index}.${id.attempt}.${reportSecret(key, id)}`;
}

/** The part of an attempt's token that nobody else can make: what no output may show. */
export function reportSecret(key: Buffer, id: AttemptId): string {
  return mac(key, id).toString('base64url');
}

/** The attempt that a token was made for, or undefined when the token is not genuine. Constant time. */
export function verifyReportToken(
  key: Buffer,
  jobUid: string,
  token: string,
): AttemptId | undefined {
  const match = TOKEN.exec(token);
  if (!match) return undefined;
  const id = { jobUid, index: Number(match[1]), attempt: Number(match[2]) };
  // As text: the last character of a digest may be spelt in four ways that are the same bytes.
  const [given, genuine] = [Buffer.from(token), Buffer.from(reportToken(key, id))];
  return given.length === genuine.length && timingSafeEqual(given, genuine) ? id : undefined;
}

/** The path and query of the report URL of an attempt, to be put behind the server's base URL. */
export function reportPath(key: Buffer, id: AttemptId): string {
  return `/result/${id.jobUid}?token=${reportToken(key, id)}`;
}
