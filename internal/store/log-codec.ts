import type { OutputSummary } from '../apis/index.ts';
import { StoreError } from './errors.ts';
import type { LogChunk, LogEntry, LogSnapshot, LogWant } from './log-ports.ts';
import { pairsOf } from './pairs.ts';

export type RawEntry = [id: Buffer, fields: Buffer[]];
export type Fields = (string | number | Buffer)[];

export function encodeChunk({ attempt, stream, offset, data }: LogChunk): Fields {
  return ['attempt', attempt, 'stream', stream, 'offset', offset, 'data', data];
}

/** The entry that only wakes readers. */
export const WAKING: Fields = ['settled', ''];

export function decodeEntry([id, raw]: RawEntry): LogEntry {
  const fields = fieldsOf(raw);
  const data = fields.get('data');
  if (data === undefined) return { id: id.toString() };
  const stream = fields.get('stream')?.toString() === 'stderr' ? 'stderr' : 'stdout';
  const [attempt, offset] = [Number(fields.get('attempt')), Number(fields.get('offset'))];
  return { id: id.toString(), chunk: { attempt, stream, offset, data } };
}

export function encodeSnapshot(snapshot: LogSnapshot): Fields {
  if ('unknown' in snapshot) {
    return ['unknown', snapshot.unknown, ...(snapshot.pending ? ['pending', ''] : [])];
  }
  const { attempt, output } = snapshot;
  const { summary, stdout, stderr } = output;
  const text = JSON.stringify(summary);
  return ['attempt', attempt, 'summary', text, 'stdout', stdout, 'stderr', stderr];
}

/** @throws StoreError `Corrupt` */
export function decodeSnapshot([, raw]: RawEntry): LogSnapshot {
  const fields = fieldsOf(raw);
  const unknown = fields.get('unknown');
  if (unknown !== undefined) {
    const words = { unknown: unknown.toString() };
    return fields.has('pending') ? { ...words, pending: true } : words;
  }
  const [summary, stdout, stderr] = ['summary', 'stdout', 'stderr'].map((name) => fields.get(name));
  if (!summary || !stdout || !stderr) {
    throw new StoreError('Corrupt', 'the answer with the log of a task lacks a part');
  }
  const output = { summary: JSON.parse(summary.toString()) as OutputSummary, stdout, stderr };
  return { attempt: Number(fields.get('attempt')), output };
}

export function encodeWant({ uid, index, ask }: LogWant): string {
  return [uid, index, ...(ask === undefined ? [] : [ask])].join('/');
}

export function decodeWant(member: string): LogWant {
  const [uid = '', index = '', ask] = member.split('/');
  return { uid, index: Number(index), ...(ask === undefined ? {} : { ask }) };
}

function fieldsOf(raw: Buffer[]): Map<string, Buffer> {
  return new Map(pairsOf(raw).map(([name, value]) => [name.toString(), value]));
}
