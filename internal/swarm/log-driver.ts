import type { OwnLogDriver } from '../apis/index.ts';

type Options = Readonly<Record<string, string>>;

export interface LogDriver {
  name: string;
  options: Options;
}

/**
 * Bytes of a file for each byte that is kept of a stream: json-file makes 73 of a line of 2 bytes, so that such
 * lines fill the limit before they fill the file.
 */
const FILE_BYTES_PER_KEPT = 40;
const MEGABYTE = 1_000_000;
const LEAST_MEGABYTES = 10;
const MOST_MEGABYTES = 100;
const FILES = 2;

/**
 * What an engine may add to the options of a log, because it merges its own defaults into keys that are absent
 * (moby: daemon/logs.go mergeAndVerifyLogConfig): each is given, so that what is read is known.
 */
const UNSAID: Readonly<Record<'json-file' | 'local', Options>> = {
  'json-file': {
    ...{ mode: 'blocking', 'max-file': String(FILES), compress: 'false', tag: '' },
    ...{ labels: '', 'labels-regex': '', env: '', 'env-regex': '' },
  },
  local: { mode: 'blocking', 'max-file': String(FILES), compress: 'false' },
};

/** Size of one of the two files that the output of a task may fill on its node, as an engine takes it. */
function fileSize(outputLimitBytes: number): string {
  const wanted = Math.ceil((FILE_BYTES_PER_KEPT * outputLimitBytes) / MEGABYTE);
  return `${Math.min(MOST_MEGABYTES, Math.max(LEAST_MEGABYTES, wanted))}m`;
}

/**
 * The log driver of a service: the job's, where it names one. What a file driver is not told is filled in, so
 * that its node neither fills up nor has a say.
 *
 * @returns undefined where the node decides.
 */
export function logDriverOf(
  {
    logDriver,
    outputLimitBytes,
  }: {
    logDriver?: { name: string; options?: Options | undefined } | undefined;
    outputLimitBytes: number;
  },
  own: OwnLogDriver,
): LogDriver | undefined {
  const { name, options = {} } = logDriver ?? { name: own };
  if (name === 'engine' && logDriver === undefined) return undefined;
  if (name !== 'json-file' && name !== 'local') return { name, options };
  const size = { 'max-size': fileSize(outputLimitBytes) };
  return { name, options: { ...UNSAID[name], ...size, ...options } };
}

/** The log of a container, as far as it is known. */
export interface KnownLog extends LogDriver {
  /** Its node has added nothing to the options. */
  whole: boolean;
}

/** Keys that decide how much of a log is there, by kind of driver: where one is absent, its node may have added it. */
const DECISIVE = {
  'json-file': ['max-size', ...Object.keys(UNSAID['json-file'])],
  local: ['max-size', ...Object.keys(UNSAID.local)],
  cached: ['mode', 'cache-disabled', 'cache-max-size', 'cache-max-file'],
} as const;

/** Drivers that send the output elsewhere: what is read is a copy that the engine keeps of it (moby: logger/loggerutils/cache). */
const CACHED: ReadonlySet<string> = new Set([
  ...['syslog', 'gelf', 'fluentd', 'awslogs', 'gcplogs', 'splunk', 'logentries', 'etwlogs'],
]);

/** True when the options say all that decides how much of a log is there. */
export function isDecided({ name, options }: LogDriver): boolean {
  if (name === 'none') return true;
  const kind = name === 'json-file' || name === 'local' ? name : 'cached';
  if (kind === 'cached' && !CACHED.has(name)) return true;
  return DECISIVE[kind].every((key) => Object.hasOwn(options, key));
}

/** What a log may lack by the way in which it is kept. */
export interface Lack {
  state: 'partial' | 'unavailable';
  reason: string;
}

const partial = (reason: string): Lack => ({ state: 'partial', reason });

/**
 * What the log of a container may lack by its driver and the options of that, the one that makes it so named.
 *
 * @param log undefined when nothing is known of it.
 * @param read what was read of it, as each driver writes it.
 * @returns undefined only where it is all there.
 */
export function lackOf(log: KnownLog | undefined, read: EncodedBytes): Lack | undefined {
  if (log === undefined) return partial('unknown options: its node decides how its log is kept');
  const { name, options } = log;
  if (name === 'none') {
    return { state: 'unavailable', reason: 'its log driver is "none", which keeps nothing' };
  }
  if (name === 'json-file' || name === 'local') return lackOfFiles(log, name, read);
  if (CACHED.has(name)) return lackOfCache(log, read);
  if (name === 'journald')
    return partial('its log driver "journald" drops what exceeds the rate limit');
  const more = isOn(options['cache-disabled']) ? ' with "cache-disabled"' : '';
  return partial(`it is not known what its log driver ${JSON.stringify(name)}${more} keeps`);
}

/**
 * The same of a log that was followed while it was written: a follow may lose its way where files are put aside, so
 * that it must have fitted into one.
 */
export function lackOfFollowed(
  job: Parameters<typeof logDriverOf>[0],
  own: OwnLogDriver,
  read: EncodedBytes,
): Lack | undefined {
  const driver = logDriverOf(job, own);
  if (driver === undefined) return lackOf(undefined, read);
  const { name, options } = driver;
  const isOne = Number(options['max-file'] ?? '2') < 2;
  const log = { name, options: isOne ? options : { ...options, 'max-file': '2' }, whole: false };
  return lackOf(log, read);
}

function lackOfFiles(
  log: KnownLog,
  name: 'json-file' | 'local',
  read: EncodedBytes,
): Lack | undefined {
  const { options } = log;
  const drops = lackOfMode(log);
  if (drops !== undefined) return drops;
  const unsaid = log.whole ? undefined : DECISIVE[name].find((key) => !(key in options));
  if (unsaid !== undefined) return addedBy(log, unsaid);
  const isLocal = name === 'local';
  const files = {
    size: options['max-size'] ?? (isLocal ? '20m' : undefined),
    count: options['max-file'] ?? (isLocal ? '5' : '1'),
    compressed: isOn(options['compress'] ?? String(isLocal)),
  };
  const tells = !isLocal && ATTRIBUTES.some((key) => (options[key] ?? '') !== '');
  const extra = tells ? read.messages * ATTRIBUTE_BYTES : 0;
  return lackOfRotation(read[isLocal ? 'local' : 'json'] + extra, files, '');
}

/** What these options add to each line of a json-file is the job's and the operator's text. */
const ATTRIBUTES = ['tag', 'labels', 'labels-regex', 'env', 'env-regex'] as const;
/** Taken as the most of it, in bytes. */
const ATTRIBUTE_BYTES = 8192;

/**
 * The driver's own server has to take a line before the cache does, and where the mode is not `blocking` the cache
 * drops what comes too fast (moby: logger/loggerutils/cache/local_cache.go). Only what is sent by UDP is never
 * refused; by gelf it is, where nobody listens.
 */
function lackOfCache(log: KnownLog, read: EncodedBytes): Lack | undefined {
  const { name, options } = log;
  if (isOn(options['cache-disabled'])) {
    const reason = `its log driver is ${JSON.stringify(name)} with "cache-disabled": it cannot be read`;
    return { state: 'unavailable', reason };
  }
  const drops = lackOfMode(log);
  if (drops !== undefined) return drops;
  const unsaid = log.whole ? undefined : DECISIVE.cached.find((key) => !(key in options));
  if (unsaid !== undefined) return addedBy(log, unsaid);
  if ((options['mode'] ?? '') === '') {
    return partial(
      `its log driver ${JSON.stringify(name)} has no "mode": "blocking": its read cache drops what comes too fast`,
    );
  }
  if (name !== 'syslog' || !(options['syslog-address'] ?? '').startsWith('udp:')) {
    return partial(
      `what the server of its log driver ${JSON.stringify(name)} did not take is not in the read cache`,
    );
  }
  const files = {
    size: options['cache-max-size'] ?? '20m',
    count: options['cache-max-file'] ?? '5',
    compressed: isOn(options['cache-compress'] ?? 'true'),
  };
  return lackOfRotation(read.local, files, 'cache-');
}

function lackOfMode({ options }: KnownLog): Lack | undefined {
  if (options['mode'] !== 'non-blocking') return undefined;
  return partial('"mode": "non-blocking" of its log driver drops what comes too fast');
}

function addedBy({ name }: KnownLog, option: string): Lack {
  const driver = JSON.stringify(name);
  return partial(
    `unknown options: its node may add "${option}" to those of its log driver ${driver}`,
  );
}

/**
 * A file that has its size is put aside when the next line comes, and the oldest goes: what is left then fills all
 * files but one. Less than that was never cut.
 */
function lackOfRotation(
  bytes: number,
  { size, count, compressed }: { size: string | undefined; count: string; compressed: boolean },
  prefix: '' | 'cache-',
): Lack | undefined {
  if (size === undefined) return undefined;
  const files = Number(count);
  const fileBytes = sizeOf(size);
  if (!(files >= 2)) {
    return partial(
      `"${prefix}max-file" is ${count}: a file that has its "${prefix}max-size" is emptied`,
    );
  }
  if (bytes < fileBytes) return undefined;
  if (compressed) {
    return partial(`its log fills more than a file of ${size}, and "${prefix}compress" is on`);
  }
  if (bytes < (files - 1) * fileBytes) return undefined;
  return partial(
    `its first lines may be gone: the log is kept in ${count} files of ${size} ("${prefix}max-file", "${prefix}max-size")`,
  );
}

/** Bytes of a size; the lesser of what decimal and binary units make of it. 0 for what is none. */
function sizeOf(text: string): number {
  const [, number = '', unit = ''] = /^([\d.]+) ?([kmgtp]?)i?b?$/i.exec(text) ?? [];
  const power = ' kmgtp'.indexOf(unit.toLowerCase() || ' ');
  return Number(number) * 1000 ** power;
}

function isOn(flag: string | undefined): boolean {
  return /^(?:1|t|true)$/i.test(flag ?? '');
}

/** How many bytes a log is in the file of a driver: never less than it is. */
export interface EncodedBytes {
  json: number;
  local: number;
  /** How many lines, or parts of long ones. */
  messages: number;
}

/** Around what a line says: its stream, its time, and what holds them together. */
const JSON_LINE_BYTES = 72;
const LOCAL_LINE_BYTES = 32;
/** Of a part of a line that was longer than 16 KiB, and of the last part, which ends it. */
const LOCAL_PART_BYTES = 2 * 80;
const NEWLINE = 10;

/** Bytes that json-file makes of each (moby: jsonfilelog/jsonlog): two begin sequences that it may write as text. */
const JSON_BYTES = new Uint8Array(256).fill(1);
JSON_BYTES.fill(6, 0, 32);
for (const escaped of Buffer.from('<>&')) JSON_BYTES[escaped] = 6;
for (const escaped of Buffer.from('"\\\n\r')) JSON_BYTES[escaped] = 2;
for (const lead of [0xe2, 0xef]) JSON_BYTES[lead] = 4;

/** Counts what a log takes in the file of its driver, while it is read. */
export class EncodedLog implements EncodedBytes {
  json = 0;
  local = 0;
  messages = 0;

  /** @param isLast the message is whole with it. */
  push(bytes: Uint8Array, isLast: boolean): void {
    for (const byte of bytes) this.json += JSON_BYTES[byte] ?? 1;
    this.local += bytes.length;
    if (!isLast) return;
    this.messages++;
    this.json += JSON_LINE_BYTES;
    this.local += LOCAL_LINE_BYTES + (bytes.at(-1) === NEWLINE ? 0 : LOCAL_PART_BYTES);
  }
}
