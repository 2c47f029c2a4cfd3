import type { ChainableCommander } from 'ioredis';
import { decodeEarlier, decodeMeta, earlierOutputFields } from '../codec.ts';
import type { StoreConnection } from '../connection.ts';
import type { JobKeys } from '../keys.ts';
import { transact } from '../transact.ts';
import type { Contents, KeyRecord, Value } from './format.ts';
import { readKey, readOutputs } from './key-reader.ts';

/** The keys of a job by what they are; outputs are read apart, for their size. */
const TYPES = {
  job: 'hash',
  tasks: 'hash',
  names: 'hash',
  live: 'hash',
  waiting: 'zset',
  progress: 'hash',
  reports: 'hash',
  results: 'hash',
  callback: 'hash',
  events: 'stream',
  unsuccessful: 'set',
  deliveries: 'stream',
  attempts: 'hash',
} as const satisfies Record<
  Exclude<keyof JobKeys, 'stdout' | 'stderr' | 'attemptOutput'>,
  KeyRecord['type']
>;
type Part = keyof typeof TYPES;

/**
 * What only grows, with the tasks of a job: it is read after the moment, in parts, and what has come since is
 * left out. Read in the transaction a large job would keep Redis from everybody else.
 */
const GROWING = ['tasks', 'names', 'reports', 'results', 'unsuccessful', 'attempts'] as const;
type GrowingPart = (typeof GROWING)[number];
const isGrowing = (part: Part): part is GrowingPart => (GROWING as readonly Part[]).includes(part);
const PARTS = (Object.keys(TYPES) as Part[]).filter((part) => !isGrowing(part));

/** How often a job is read again that is made to run again meanwhile. */
const TRIES = 5;

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
  for (let tries = 1; ; tries++) {
    const seen = await snapshot(connection, uid);
    if (seen === undefined) return undefined;
    const { parts, places, generation } = seen;
    for (const [part, contents] of parts) {
      yield { key: relative(connection.keys.job(uid)[part]), anew: true, ...contents };
    }
    yield* outputs(connection, uid, parts, relative);
    const same = (await generationOf(connection, uid)) === generation;
    if (!same && tries < TRIES) continue;
    for (const place of places) yield { ...place, key: relative(place.key) };
    return seen.summary;
  }
}

type Parts = Map<Part, Contents>;

interface Snapshot {
  parts: Parts;
  /** Its entries in the lists of the store. */
  places: KeyRecord[];
  generation: string;
  summary: JobSummary;
}

async function snapshot(connection: StoreConnection, uid: string): Promise<Snapshot | undefined> {
  const { keys } = connection;
  const job = keys.job(uid);
  const text = await connection.read((redis) => redis.hget(job.job, 'meta'));
  const { namespace, name, ownerReference } = decodeMeta(uid, text);
  const siblings = keys.cron(ownerReference?.uid ?? '').jobs;
  const scored = [keys.allJobs, keys.jobsIn(namespace), siblings, keys.outbox, keys.expiry];
  const names = keys.jobNames(namespace);
  const replies = await connection.read((redis) => {
    const multi = redis.multi();
    for (const part of PARTS) addRead(multi, TYPES[part], job[part]);
    multi.hget(names, name).sismember(keys.activeJobs, uid).hget(keys.quarantine, uid);
    for (const key of scored) multi.zscore(key, uid);
    return transact(multi);
  });
  const parts: Parts = new Map();
  for (const [i, part] of PARTS.entries()) {
    const contents = contentsOf(TYPES[part], replies[i]);
    if (contents.entries.length > 0) parts.set(part, contents);
  }
  const record = new Map(parts.get('job')?.entries as [string, string][] | undefined);
  if (record.size === 0) return undefined;
  const wasThere = tasksThen(record, parts);
  for (const part of GROWING) {
    const contents = await readGrowing(connection, job[part], part, wasThere);
    if (contents.entries.length > 0) parts.set(part, contents);
  }
  const [holder, active, aside, ...scores] = replies.slice(PARTS.length);
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
  const unfinished = record.get('phase') === 'Running';
  const live = parts.get('live')?.entries.length ?? 0;
  return {
    ...{ parts, places, generation: record.get('generation') ?? '' },
    summary: { unfinished, active: active === 1 ? live : 0 },
  };
}

/** Says of what was read of a part since then whether it was there at that moment. */
type WasThere = (part: GrowingPart, index: string) => boolean;

function tasksThen(record: ReadonlyMap<string, string>, parts: Parts): WasThere {
  const total = Number(record.get('total'));
  const cursor = Number(record.get('cursor'));
  // A task that was current, or waited, may have ended since.
  const under = [parts.get('live'), parts.get('progress')].flatMap(
    (part) => (part?.entries ?? []) as [string, string][],
  );
  const goesOn = new Set(under.map(([index]) => index));
  return (part, index) => {
    if (part === 'tasks' || part === 'names') return Number(index) < total;
    if (part === 'reports' || part === 'attempts') return Number(index) < cursor;
    return Number(index) < cursor && !goesOn.has(index);
  };
}

async function readGrowing(
  connection: StoreConnection,
  key: string,
  part: GrowingPart,
  wasThere: WasThere,
): Promise<Contents> {
  // A scan may give an entry twice.
  const entries = new Map<string, Value>();
  for await (const page of readKey(connection, key, TYPES[part])) {
    if (page.type === 'hash') {
      for (const [field, value] of page.entries) {
        if (wasThere(part, part === 'names' ? String(value) : field)) entries.set(field, value);
      }
    } else if (page.type === 'set') {
      for (const member of page.entries) {
        if (wasThere(part, String(member))) entries.set(String(member), member);
      }
    }
  }
  if (TYPES[part] === 'set') return { type: 'set', entries: [...entries.values()] };
  return { type: 'hash', entries: [...entries] };
}

function addRead(multi: ChainableCommander, type: (typeof TYPES)[Part], key: string): void {
  if (type === 'hash') multi.hgetall(key);
  else if (type === 'set') multi.smembers(key);
  else if (type === 'zset') multi.zrange(key, 0, -1, 'WITHSCORES');
  else multi.xrange(key, '-', '+');
}

function contentsOf(type: (typeof TYPES)[Part], reply: unknown): Contents {
  switch (type) {
    case 'hash':
      return { type, entries: Object.entries(reply as Record<string, string>) };
    case 'set':
      return { type, entries: reply as string[] };
    case 'stream':
      return { type, entries: reply as [string, string[]][] };
    case 'zset': {
      const list = reply as string[];
      const entries = list.flatMap((member, i) =>
        i % 2 === 0 ? [[member, list[i + 1] ?? '0'] as [string, string]] : [],
      );
      return { type, entries };
    }
  }
}

/** The tasks whose outputs belong to what was read: of a result, of a report, of an attempt. */
function outputsOf(part: Part, { entries }: Contents): string[] {
  if (!WITH_OUTPUT.has(part)) return [];
  return (entries as [string, string][]).map(([index]) => index);
}

const WITH_OUTPUT: ReadonlySet<Part> = new Set(['results', 'reports', 'live', 'progress']);

/** The fields of the outputs of earlier attempts that were read. */
function earlierOutputsOf(attempts: Contents | undefined): string[] {
  const entries = (attempts?.entries ?? []) as [string, string][];
  return entries.flatMap(([index, text]) =>
    decodeEarlier(text).kept.flatMap(({ attempt }) => earlierOutputFields(index, attempt)),
  );
}

async function* outputs(
  connection: StoreConnection,
  uid: string,
  parts: Parts,
  relative: (key: string) => string,
): AsyncGenerator<KeyRecord> {
  const told = new Set([...parts].flatMap(([part, it]) => outputsOf(part, it)));
  const { stdout, stderr, attemptOutput } = connection.keys.job(uid);
  const wanted: [key: string, fields: ReadonlySet<string>][] = [
    [stdout, told],
    [stderr, told],
    [attemptOutput, new Set(earlierOutputsOf(parts.get('attempts')))],
  ];
  for (const [key, fields] of wanted) {
    if (fields.size === 0) continue;
    let anew: { anew?: true } = { anew: true };
    for await (const contents of readOutputs(connection, key, fields)) {
      yield { key: relative(key), ...anew, ...contents };
      anew = {};
    }
  }
}

async function generationOf(connection: StoreConnection, uid: string): Promise<string> {
  const { job } = connection.keys.job(uid);
  return (await connection.read((redis) => redis.hget(job, 'generation'))) ?? '';
}
