import { ulid } from 'ulid';
import { decodeEarlier, decodeMeta, earlierOutputFields } from '../codec.ts';
import type { StoreConnection } from '../connection.ts';
import type { JobKeys } from '../keys.ts';
import { pairsOf } from '../pairs.ts';
import { BackupError, type Contents, type KeyRecord } from './format.ts';
import { readKey, readOutputs } from './key-reader.ts';

/**
 * What grows with the tasks of a job: it is read after the moment, in parts, and what has come since is left out.
 * Read at once it would keep Redis from everybody else. In this order: what waits says which results are old.
 */
const TYPES = {
  progress: 'hash',
  waiting: 'zset',
  tasks: 'hash',
  names: 'hash',
  reports: 'hash',
  results: 'hash',
  unsuccessful: 'set',
  attempts: 'hash',
} as const;
type Growing = keyof typeof TYPES;
const GROWING = Object.keys(TYPES) as Growing[];

/** How often a job is read again that is made to run again meanwhile, or that another backup reads too. */
const TRIES = 5;
/** How long reading what waits may take, in ms. */
const WAITING_MS = 600_000;

/** What was read of a job. */
export interface JobSummary {
  unfinished: boolean;
  /** Its current attempts, where it counts for the slots. */
  active: number;
}

/**
 * All that belongs to one job, with its places in the lists of the store: as it was at one moment. Its
 * outputs are read after it, so that those are there which its results tell of.
 * @param relative a key without the prefix of the store.
 * @returns undefined when the job is gone.
 */
export async function* readJob(
  connection: StoreConnection,
  uid: string,
  relative: (key: string) => string,
): AsyncGenerator<KeyRecord, JobSummary | undefined> {
  const job = connection.keys.job(uid);
  for (let tries = 1; tries <= TRIES; tries++) {
    if (tries > 1) yield* nothingOf(job, relative);
    const token = ulid();
    const seen = await snapshot(connection, uid, token);
    if (seen === undefined) return undefined;
    for (const [key, contents] of seen.parts) yield { key: relative(key), ...contents };
    const outputs: Outputs = { tasks: new Set(seen.live), earlier: new Set() };
    let isWhole = true;
    for (const part of GROWING) {
      for await (const contents of readGrowing(connection, uid, part, seen, outputs)) {
        yield { key: relative(job[part]), ...contents };
      }
      if (part === 'waiting') isWhole = await forgetTaken(connection, uid, token);
    }
    yield* readAllOutputs(connection, uid, outputs, relative);
    const generation = await generationOf(connection, uid);
    if (!isWhole || generation !== seen.generation) continue;
    for (const place of seen.places) yield { ...place, key: relative(place.key) };
    return seen.summary;
  }
  throw new BackupError(
    `Job ${uid} was made to run again, or read by another backup, each of ${TRIES} times: try again.`,
  );
}

/** What was read of a job is void: it is read once more, or gone. */
function* nothingOf(job: JobKeys, relative: (key: string) => string): Generator<KeyRecord> {
  for (const key of Object.values(job)) {
    yield { key: relative(key), anew: true, type: 'hash', entries: [] };
  }
}

interface Snapshot {
  parts: [key: string, contents: Contents][];
  /** Its entries in the lists of the store. */
  places: KeyRecord[];
  generation: string;
  summary: JobSummary;
  total: number;
  cursor: number;
  /** Tasks that were current, or waited, by their indices: they may have gone on since. */
  live: ReadonlySet<string>;
  waiting: Set<string>;
}

/** The tasks whose outputs belong to what was read, and the fields of those of their earlier attempts. */
interface Outputs {
  tasks: Set<string>;
  earlier: Set<string>;
}

async function snapshot(
  connection: StoreConnection,
  uid: string,
  token: string,
): Promise<Snapshot | undefined> {
  const { keys } = connection;
  const job = keys.job(uid);
  const text = await connection.read((redis) => redis.hget(job.job, 'meta'));
  const { namespace, name, ownerReference } = decodeMeta(uid, text);
  const siblings = keys.cron(ownerReference?.uid ?? '').jobs;
  const scored = [keys.allJobs, keys.jobsIn(namespace), siblings, keys.outbox, keys.expiry];
  const names = keys.jobNames(namespace);
  const reply = await connection.reply(
    'snapshot_job',
    [
      ...[job.job, job.live, job.callback, job.events, job.deliveries],
      ...[names, keys.activeJobs, keys.quarantine, keys.taken(uid), ...scored],
    ],
    [uid, name, token, WAITING_MS],
  );
  const [fields, current, callback, events, deliveries, ...inLists] = reply as SnapshotReply;
  if (fields === undefined) return undefined;
  const record = new Map(pairsOf(fields));
  const live = pairsOf(current);
  const parts: Snapshot['parts'] = [
    [job.job, { type: 'hash', entries: [...record] }],
    [job.live, { type: 'hash', entries: live }],
    [job.callback, { type: 'hash', entries: pairsOf(callback) }],
    [job.events, { type: 'stream', entries: events }],
    [job.deliveries, { type: 'stream', entries: deliveries }],
  ];
  const [holder, active, aside, ...scores] = inLists;
  const places: KeyRecord[] = scored.flatMap((key, i) => {
    const score = scores[i];
    if (typeof score !== 'string') return [];
    const place: KeyRecord = { key, type: 'zset', entries: [[uid, score]] };
    return [place];
  });
  if (holder === uid) places.push({ key: names, type: 'hash', entries: [[name, uid]] });
  if (active === 1) places.push({ key: keys.activeJobs, type: 'set', entries: [uid] });
  if (typeof aside === 'string') {
    places.push({ key: keys.quarantine, type: 'hash', entries: [[uid, aside]] });
  }
  return {
    parts: parts.filter(([, { entries }]) => entries.length > 0),
    places,
    generation: record.get('generation') ?? '',
    summary: {
      unfinished: record.get('phase') === 'Running',
      active: active === 1 ? live.length : 0,
    },
    total: Number(record.get('total')),
    cursor: Number(record.get('cursor')),
    live: new Set(live.map(([index]) => index)),
    waiting: new Set(),
  };
}

/** As `snapshot_job` says; the last are its places, and null where it has none. */
type SnapshotReply = [
  ...[job: string[] | undefined, live: string[], callback: string[]],
  ...[events: [string, string[]][], deliveries: [string, string[]][]],
  ...(string | number | null)[],
];

/** What there was of a part at the moment of the snapshot, page by page; an entry may come twice, the last counts. */
async function* readGrowing(
  connection: StoreConnection,
  uid: string,
  part: Growing,
  seen: Snapshot,
  outputs: Outputs,
): AsyncGenerator<Contents> {
  for await (const page of pagesOf(connection, uid, part)) {
    const contents = thoseThen(page, part, seen);
    if (contents === undefined) continue;
    note(contents, part, seen, outputs);
    yield contents;
  }
}

async function* pagesOf(
  connection: StoreConnection,
  uid: string,
  part: Growing,
): AsyncGenerator<Contents> {
  yield* readKey(connection, connection.keys.job(uid)[part], TYPES[part]);
  if (part !== 'progress' && part !== 'waiting') return;
  // What was claimed meanwhile, as it was; it was due.
  for await (const page of readKey(connection, connection.keys.taken(uid), 'hash')) {
    const taken = (page.entries as [string, string][]).filter(([index]) => index !== '');
    if (part === 'progress') yield { type: 'hash', entries: taken };
    else yield { type: 'zset', entries: taken.map(([index]) => [index, '0']) };
  }
}

function thoseThen(page: Contents, part: Growing, seen: Snapshot): Contents | undefined {
  const wasThere = (index: string) => {
    if (part === 'tasks' || part === 'names') return Number(index) < seen.total;
    if (Number(index) >= seen.cursor) return false;
    if (part === 'reports' || part === 'attempts') return true;
    if (part === 'progress') return !seen.live.has(index);
    if (part === 'waiting') return seen.waiting.has(index);
    // A result beside what waited is an old one, or has come since.
    return !seen.live.has(index) && !seen.waiting.has(index);
  };
  if (page.type === 'set') {
    const entries = page.entries.filter((it) => wasThere(String(it)));
    return entries.length > 0 ? { type: 'set', entries } : undefined;
  }
  if (page.type === 'zset') {
    const entries = page.entries.filter(([index]) => wasThere(index));
    return entries.length > 0 ? { type: 'zset', entries } : undefined;
  }
  if (page.type !== 'hash') return undefined;
  const entries = page.entries.filter(([field, value]) =>
    wasThere(part === 'names' ? String(value) : field),
  );
  return entries.length > 0 ? { type: 'hash', entries } : undefined;
}

function note({ entries }: Contents, part: Growing, seen: Snapshot, outputs: Outputs): void {
  for (const [index, text] of entries as [string, string][]) {
    if (part === 'progress') seen.waiting.add(index);
    if (part === 'progress' || part === 'results' || part === 'reports') outputs.tasks.add(index);
    if (part !== 'attempts') continue;
    for (const { attempt } of decodeEarlier(text).kept) {
      for (const field of earlierOutputFields(index, attempt)) outputs.earlier.add(field);
    }
  }
}

async function* readAllOutputs(
  connection: StoreConnection,
  uid: string,
  { tasks, earlier }: Outputs,
  relative: (key: string) => string,
): AsyncGenerator<KeyRecord> {
  const { stdout, stderr, attemptOutput }: JobKeys = connection.keys.job(uid);
  const wanted: [key: string, fields: ReadonlySet<string>][] = [
    [stdout, tasks],
    [stderr, tasks],
    [attemptOutput, earlier],
  ];
  for (const [key, fields] of wanted) {
    if (fields.size === 0) continue;
    for await (const contents of readOutputs(connection, key, fields)) {
      yield { key: relative(key), ...contents };
    }
  }
}

/** @returns whether what claims took was kept for this backup all the while. */
async function forgetTaken(
  connection: StoreConnection,
  uid: string,
  token: string,
): Promise<boolean> {
  const taken = connection.keys.taken(uid);
  const isOurs = (await connection.read((redis) => redis.hget(taken, ''))) === token;
  if (isOurs) await connection.read((redis) => redis.unlink(taken));
  return isOurs;
}

/** Undefined when the job is gone. */
async function generationOf(connection: StoreConnection, uid: string): Promise<string | undefined> {
  const { job } = connection.keys.job(uid);
  const [phase, generation] = await connection.read((redis) =>
    redis.hmget(job, 'phase', 'generation'),
  );
  return phase ? (generation ?? '') : undefined;
}
