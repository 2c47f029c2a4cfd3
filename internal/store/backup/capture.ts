import type { StoreConnection } from '../connection.ts';
import { escapeGlob, isUid, scanKeys, scanUids } from '../key-scan.ts';
import type { Keys } from '../keys.ts';
import type { KeyRecord } from './format.ts';
import { type JobSummary, readJob } from './job-reader.ts';
import { readKey } from './key-reader.ts';

/** What a backup holds, counted. */
export interface Captured {
  jobs: number;
  unfinished: number;
  /** Attempts that were current. */
  active: number;
  cronJobs: number;
}

/**
 * Everything in the store that a restore needs, while it is in use. Cron jobs come before jobs: of a tick
 * that is decided meanwhile the job may be there and the decision not, which is then decided again and
 * finds the job's name taken; never the decision without its job.
 */
export async function* capture(
  connection: StoreConnection,
  prefix: string,
): AsyncGenerator<KeyRecord, Captured> {
  const { keys } = connection;
  const relative = (key: string) => key.slice(prefix.length);
  const counted: Captured = { jobs: 0, unfinished: 0, active: 0, cronJobs: 0 };
  const isElsewhere = keysReadElsewhere(keys, prefix);
  const cronPrefix = keys.cron('').cron;
  const others = new Set<string>();
  for await (const key of scanKeys(connection, `${escapeGlob(prefix)}*`)) {
    if (!isElsewhere(key)) others.add(key);
  }
  for (const key of others) {
    if (key.startsWith(cronPrefix) && isUid(key.slice(cronPrefix.length))) counted.cronJobs += 1;
    yield* readOther(connection, key, relative);
  }
  const seen = new Set<string>();
  for await (const uid of scanUids(connection, keys.jobPrefix)) {
    if (seen.has(uid)) continue;
    seen.add(uid);
    const job: JobSummary | undefined = yield* readJob(connection, uid, relative);
    if (job === undefined) continue;
    counted.jobs += 1;
    counted.active += job.active;
    if (job.unfinished) counted.unfinished += 1;
  }
  yield { key: relative(keys.slots), type: 'string', entries: [String(counted.active)] };
  return counted;
}

async function* readOther(
  connection: StoreConnection,
  key: string,
  relative: (key: string) => string,
): AsyncGenerator<KeyRecord> {
  const { meta } = connection.keys;
  const [type, ttl] = await connection.read((redis) =>
    Promise.all([redis.type(key), redis.pttl(key)]),
  );
  if (type === 'none') return;
  const ttlMs = ttl >= 0 ? { ttlMs: ttl } : {};
  for await (const contents of readKey(connection, key, type)) {
    if (key === meta && contents.type === 'hash') {
      contents.entries = contents.entries.filter(([field]) => field !== 'restoring');
    }
    yield { key: relative(key), ...ttlMs, ...contents };
  }
}

/** Whether a key is read with its job, is made of jobs, or is of the moment only. */
function keysReadElsewhere(keys: Keys, prefix: string): (key: string) => boolean {
  const suffixes = Object.values(keys.job('')).map((key) => key.slice(keys.jobPrefix.length));
  const known = new Set(suffixes);
  const fixed = new Set([
    ...[keys.slots, keys.activeJobs, keys.allJobs, keys.outbox, keys.expiry, keys.quarantine],
    ...[keys.lease, keys.changes, keys.watch, keys.logWants, keys.cluster, keys.inventory],
    ...[keys.foreign, keys.foreignDecisions, keys.policies],
  ]);
  const passing = [`${prefix}log:`, `${prefix}bell:`, `${prefix}staged:`];
  const begins = [keys.jobsIn(''), keys.jobNames(''), ...passing];
  return (key) => {
    if (fixed.has(key) || begins.some((it) => key.startsWith(it))) return true;
    if (!key.startsWith(keys.jobPrefix)) return false;
    const name = key.slice(keys.jobPrefix.length);
    return isUid(name.slice(0, 26)) && known.has(name.slice(26));
  };
}
