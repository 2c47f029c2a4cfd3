/** Number of the form of the file. A reader knows all up to its own. */
export const FORMAT = 1;

/** The first line of a file. */
export interface BackupHeader {
  swarmer: 'backup';
  format: number;
  /** Of what is stored. */
  schema: number;
  storeId: string;
  /** Fencing token at that time. */
  fence: number;
  /** RFC 3339. */
  createdAt: string;
  /** Version of Swarmer that wrote it. */
  version: string;
}

/** A text, or bytes that are none. */
export type Value = string | { b64: string };

/** What a key holds, by the type that it has in Redis; logical values, which any Redis takes. */
export type Contents =
  | { type: 'string'; entries: Value[] }
  | { type: 'list'; entries: Value[] }
  | { type: 'set'; entries: Value[] }
  | { type: 'hash'; entries: [field: string, value: Value][] }
  | { type: 'zset'; entries: [member: string, score: string][] }
  | { type: 'stream'; entries: [id: string, fields: string[]][] };

/** A line of a file: a key, or a part of one, whose entries are added to those that came before. */
export type KeyRecord = Contents & {
  /** Without the prefix of the store. */
  key: string;
  /** What came before of this key is void: it was read once more. */
  anew?: true;
  /** Life that was left, in ms. */
  ttlMs?: number;
};

/** The last line of a file. */
export interface BackupEnd {
  end: {
    /** Lines between the first and this one. */
    records: number;
    /** Of all bytes before this line. */
    sha256: string;
  };
}

/** Bytes as they are written: as text where they are one. */
export function toValue(bytes: Buffer): Value {
  const text = bytes.toString('utf8');
  return bytes.equals(Buffer.from(text)) ? text : { b64: bytes.toString('base64') };
}

/** A value as Redis is given it. */
export function toBytes(value: Value): string | Buffer {
  return typeof value === 'string' ? value : Buffer.from(value.b64, 'base64');
}

/** The file cannot be used, or the store cannot take it. The message is for the operator. */
export class BackupError extends Error {
  override name = 'BackupError';
}
