import type { StoreConnection } from './connection.ts';

/** Of one look; Redis may give more or fewer. */
const PAGE = 500;
const ULID = /^[0-9A-Z]{26}$/;

/** Whether a text is the uid of a job or cron job. */
export function isUid(text: string): boolean {
  return ULID.test(text);
}

/** A text as a pattern that only it fits. */
export function escapeGlob(text: string): string {
  return text.replace(/[*?[\]\\]/g, '\\$&');
}

/** All keys that fit a pattern. Some may come twice; of those made or removed meanwhile nothing is said. */
export async function* scanKeys(
  connection: StoreConnection,
  pattern: string,
): AsyncGenerator<string> {
  let cursor = '0';
  do {
    const at = cursor;
    const [next, names] = await connection.read((redis) =>
      redis.scan(at, 'MATCH', pattern, 'COUNT', PAGE),
    );
    yield* names;
    cursor = next;
  } while (cursor !== '0');
}

/** The uids of all jobs, or of all cron jobs, by the keys of their records. Some may come twice. */
export async function* scanUids(
  connection: StoreConnection,
  prefix: string,
): AsyncGenerator<string> {
  for await (const key of scanKeys(connection, `${escapeGlob(prefix)}${'?'.repeat(26)}`)) {
    const uid = key.slice(prefix.length);
    if (isUid(uid)) yield uid;
  }
}
