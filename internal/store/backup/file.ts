import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { pipeline, Readable, type Writable } from 'node:stream';
import { pipeline as piped } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { hasCode } from '../embedded-error.ts';
import { SCHEMA } from '../schema.ts';
import {
  type BackupEnd,
  BackupError,
  type BackupHeader,
  FORMAT,
  type KeyRecord,
} from './format.ts';

/**
 * Writes a file of gzip'd lines of JSON, whole or not at all: under another name until all of it is on
 * the disk. Only its owner may read it: it holds what jobs were given, and the key of report tokens.
 * @param path of the file, or a stream, which stays open; what it is given is whole only when this returns.
 * @returns what `records` returns.
 */
export async function writeBackup<T>(
  path: string | Writable,
  header: BackupHeader,
  records: AsyncGenerator<KeyRecord, T>,
): Promise<T> {
  const counted: { result?: T } = {};
  const text = Readable.from(lines(header, records, counted));
  if (typeof path === 'string') await writeFile(path, text);
  else await piped(text, createGzip(), path, { end: false });
  return counted.result as T;
}

async function writeFile(path: string, text: Readable): Promise<void> {
  const draft = `${path}.${process.pid}.part`;
  try {
    await piped(text, createGzip(), createWriteStream(draft, { mode: 0o600 }));
    const file = await open(draft);
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    // Of a file that is open already the system's words do not name it.
    if (!(error instanceof Error) || !hasCode(error, 'ENOSPC')) throw error;
    throw new Error(`the disk of ${path} is full: make room there, or name another file`, {
      cause: error,
    });
  }
}

async function* lines<T>(
  header: BackupHeader,
  records: AsyncGenerator<KeyRecord, T>,
  counted: { result?: T },
): AsyncGenerator<string> {
  const hash = createHash('sha256');
  const line = (value: object) => {
    const text = `${JSON.stringify(value)}\n`;
    hash.update(text);
    return text;
  };
  yield line(header);
  let count = 0;
  for (;;) {
    const next = await records.next();
    if (next.done) {
      counted.result = next.value;
      break;
    }
    count += 1;
    yield line(next.value);
  }
  const end: BackupEnd = { end: { records: count, sha256: hash.digest('hex') } };
  yield `${JSON.stringify(end)}\n`;
}

/**
 * Reads all of a file without using it.
 * @throws BackupError when it is no backup, of a newer version, truncated or altered.
 */
export async function verifyBackup(path: string): Promise<BackupHeader> {
  const hash = createHash('sha256');
  let header: BackupHeader | undefined;
  let end: BackupEnd['end'] | undefined;
  let records = 0;
  for await (const line of linesOf(path)) {
    if (end !== undefined) throw broken(path, 'there is more behind its end');
    const value = parsed(path, line);
    if (header === undefined) header = headerOf(path, value);
    else if ('end' in value) end = value['end'] as BackupEnd['end'];
    else records += 1;
    if (end === undefined) hash.update(`${line}\n`);
  }
  if (header === undefined) throw broken(path, 'it is empty');
  if (end === undefined) throw broken(path, 'its end is missing');
  if (end.records !== records || end.sha256 !== hash.digest('hex')) {
    throw broken(path, 'its checksum is not that of its contents');
  }
  return header;
}

/** The records of a file that was verified. */
export async function* readRecords(path: string): AsyncGenerator<KeyRecord> {
  let first = true;
  for await (const line of linesOf(path)) {
    const value = parsed(path, line);
    if (!first && !('end' in value)) yield value as unknown as KeyRecord;
    first = false;
  }
}

/** By the byte: what is within a line may hold any character that others take for its end. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const text = createGunzip();
  // What fails in the file, or in unpacking it, fails the loop below.
  pipeline(createReadStream(path), text, () => {});
  const begun: Buffer[] = [];
  try {
    for await (const chunk of text as AsyncIterable<Buffer>) {
      let from = 0;
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
        yield Buffer.concat([...begun.splice(0), chunk.subarray(from, at)]).toString();
        from = at + 1;
      }
      if (from < chunk.length) begun.push(chunk.subarray(from));
    }
  } catch (error) {
    if (error instanceof BackupError) throw error;
    throw broken(path, error instanceof Error ? error.message : String(error));
  }
  if (begun.length > 0) throw broken(path, 'its last line is cut off');
}

function parsed(path: string, line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (error) {
    throw broken(path, `a line is no JSON: ${error instanceof Error ? error.message : error}`);
  }
  throw broken(path, 'a line is no object');
}

function headerOf(path: string, value: Record<string, unknown>): BackupHeader {
  const { swarmer, format, schema, fence, storeId } = value;
  if (swarmer !== 'backup' || typeof format !== 'number' || typeof schema !== 'number') {
    throw broken(path, 'it is no backup of Swarmer');
  }
  if (format > FORMAT || schema > SCHEMA) {
    const made = `format ${format}, schema ${schema}`;
    throw new BackupError(
      `${path} was made by a newer Swarmer (${made}); this one reads up to format ${FORMAT}, ` +
        `schema ${SCHEMA}: restore it with the newer one.`,
    );
  }
  if (typeof fence !== 'number' || typeof storeId !== 'string') {
    throw broken(path, 'its first line is not whole');
  }
  return value as unknown as BackupHeader;
}

function broken(path: string, why: string): BackupError {
  return new BackupError(
    `${path} cannot be restored: ${why}. Nothing was written; take another backup file.`,
  );
}
