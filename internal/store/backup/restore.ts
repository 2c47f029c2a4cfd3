import { ulid } from 'ulid';
import type { Clock } from '../../clock/clock.ts';
import type { StoreConnection } from '../connection.ts';
import { eventText } from '../events.ts';
import { escapeGlob, isUid, scanKeys } from '../key-scan.ts';
import { transact } from '../transact.ts';
import { readRecords, verifyBackup } from './file.ts';
import { BackupError, type BackupHeader, type KeyRecord, type Value } from './format.ts';
import { takeLease } from './lease.ts';
import { KeyWriter } from './writer.ts';

export interface RestoreOptions {
  path: string;
  /** Removes what is in the store; without it a store with jobs is refused. */
  replace: boolean;
  /** Suspends jobs that are not finished, so that a person looks before they go on. */
  hold: boolean;
  /** Makes the store another one than the one that was backed up, which may run on. */
  newIdentity: boolean;
  /** How long a lease lasts that is not renewed, in ms. */
  leaseMs: number;
}

export interface Restored {
  header: BackupHeader;
  jobs: number;
  unfinished: number;
}

/**
 * Added to the fencing token: more than there can have been leaders since the backup, so that none of
 * them passes for a leader of the restored store.
 */
const FENCE_LEAP = 1_000_000;
/** Added to resource versions, so that whoever watched is told to list again. */
const VERSION_LEAP = 1_000_000;

/**
 * Puts a store to what a file holds. The file is read to its end before anything is written. While it is
 * written the store is marked, so that no server uses it; broken off, the mark stays.
 * @throws BackupError when the file cannot be used, the store is not empty, or a controller leads.
 */
export async function restoreBackup(
  connection: StoreConnection,
  prefix: string,
  clock: Clock,
  options: RestoreOptions,
): Promise<Restored> {
  const header = await verifyBackup(options.path);
  const { keys, redis } = connection;
  if (!options.replace && (await isUsed(connection))) {
    throw new BackupError(
      'The store holds jobs: restore into an empty one, or say --replace to remove them.',
    );
  }
  const lease = await takeLease(connection, clock, options.leaseMs);
  try {
    await connection.read(() =>
      redis.hset(keys.meta, 'restoring', new Date(clock.now()).toISOString()),
    );
    await removeAll(connection, prefix);
    const counted = await writeAll(connection, prefix, header, options, lease.check);
    await lease.check();
    await finish(connection, header, { ...options, token: lease.token });
    return { header, ...counted };
  } catch (error) {
    // The store is marked; a lease that cannot be given up runs out.
    await lease.release().catch(() => undefined);
    throw error;
  }
}

async function isUsed(connection: StoreConnection): Promise<boolean> {
  const { allJobs, activeJobs, allCrons, cronsRemoved } = connection.keys;
  const lists = [allJobs, activeJobs, allCrons, cronsRemoved];
  return (await connection.read((redis) => redis.exists(...lists))) > 0;
}

/** All but the lease and the mark. */
async function removeAll(connection: StoreConnection, prefix: string): Promise<void> {
  const { lease, meta } = connection.keys;
  for await (const key of scanKeys(connection, `${escapeGlob(prefix)}*`)) {
    if (key !== lease && key !== meta) await connection.read((redis) => redis.unlink(key));
  }
  const fields = await connection.read((redis) => redis.hkeys(meta));
  const others = fields.filter((field) => field !== 'restoring');
  if (others.length > 0) await connection.read((redis) => redis.hdel(meta, ...others));
}

async function writeAll(
  connection: StoreConnection,
  prefix: string,
  { createdAt }: BackupHeader,
  { path, hold }: RestoreOptions,
  check: () => Promise<void>,
): Promise<{ jobs: number; unfinished: number }> {
  const { keys } = connection;
  const writer = new KeyWriter(connection.redis, prefix);
  const jobPrefix = keys.jobPrefix.slice(prefix.length);
  const jobs = new Map<string, boolean>();
  for await (const record of readRecords(path)) {
    await check();
    await writer.write(record);
    const uid = record.key.startsWith(jobPrefix) ? record.key.slice(jobPrefix.length) : '';
    if (record.anew) jobs.delete(uid);
    const phase = isUid(uid) ? phaseOf(record) : undefined;
    if (phase !== undefined) jobs.set(uid, phase === 'Running');
  }
  const unfinished = [...jobs].flatMap(([uid, running]) => (running ? [uid] : []));
  for (const uid of unfinished) {
    const { job, events } = keys.job(uid);
    const event = eventText({ type: 'Restored', ...(hold ? { message: 'suspended' } : {}) });
    if (hold) await writer.write({ key: job.slice(prefix.length), ...suspended });
    await writer.flush();
    // What time there was since the backup is none of its deadline's. One that was suspended keeps its own.
    if (hold)
      await connection.read((redis) => redis.hsetnx(job, 'suspended', Date.parse(createdAt)));
    await connection.read((redis) => redis.xadd(events, '*', 'event', event));
  }
  await writer.flush();
  return { jobs: jobs.size, unfinished: unfinished.length };
}

const suspended = { type: 'hash', entries: [['suspend', '1']] } satisfies Omit<
  Extract<KeyRecord, { type: 'hash' }>,
  'key'
>;

/** The phase that the record of a job tells of. */
function phaseOf(record: KeyRecord): Value | undefined {
  if (record.type !== 'hash') return undefined;
  return record.entries.find(([field]) => field === 'phase')?.[1];
}

/** The last step, in one: identity, token, versions; the lease is free, and the mark goes. */
async function finish(
  connection: StoreConnection,
  header: BackupHeader,
  { newIdentity, token }: { newIdentity: boolean; token: number },
): Promise<void> {
  const { keys } = connection;
  await connection.read((redis) => {
    const last = redis.multi();
    // The key of report tokens goes with the identity: the next server makes one.
    if (newIdentity) last.hset(keys.meta, 'storeId', ulid()).hdel(keys.meta, 'reportKey');
    last.hset(keys.meta, 'schema', header.schema);
    last.hset(keys.lease, 'token', Math.max(token, header.fence) + FENCE_LEAP, 'holder', '');
    last.incrby(keys.versions, VERSION_LEAP).hdel(keys.meta, 'restoring');
    return transact(last);
  });
}
