import type { StoreConnection } from '../connection.ts';
import { pairsOf } from '../pairs.ts';
import { type Contents, toValue, type Value } from './format.ts';

/** Entries of one look, about. */
const PAGE = '500';
/** Of a hash with outputs, each of which may be 64 MiB. */
const LARGE_PAGE = '2';

/** What one key holds, in parts. A key that changes while it is read may be read half old and half new. */
export async function* readKey(
  connection: StoreConnection,
  key: string,
  type: string,
): AsyncGenerator<Contents> {
  switch (type) {
    case 'string': {
      const value = await connection.read((redis) => redis.getBuffer(key));
      if (value !== null) yield { type, entries: [toValue(value)] };
      return;
    }
    case 'hash':
      for await (const page of scanPages(connection, 'HSCAN', key, PAGE)) {
        yield { type, entries: hashEntries(page) };
      }
      return;
    case 'set':
      for await (const page of scanPages(connection, 'SSCAN', key, PAGE)) {
        yield { type, entries: page.map(toValue) };
      }
      return;
    case 'zset':
      for await (const page of scanPages(connection, 'ZSCAN', key, PAGE)) {
        yield { type, entries: pairsOf(page.map(String)) };
      }
      return;
    case 'list':
      yield* readList(connection, key);
      return;
    case 'stream':
      yield* readStream(connection, key);
      return;
    default:
      throw new Error(`the key ${key} is of the type ${type}, which no store of ours has`);
  }
}

/** Fields of a hash of outputs, in parts; those that `wanted` knows. */
export async function* readOutputs(
  connection: StoreConnection,
  key: string,
  wanted: ReadonlySet<string>,
): AsyncGenerator<Contents> {
  for await (const page of scanPages(connection, 'HSCAN', key, LARGE_PAGE)) {
    const entries = hashEntries(page).filter(([field]) => wanted.has(field));
    if (entries.length > 0) yield { type: 'hash', entries };
  }
}

async function* scanPages(
  connection: StoreConnection,
  command: 'HSCAN' | 'SSCAN' | 'ZSCAN',
  key: string,
  count: string,
): AsyncGenerator<Buffer[]> {
  let cursor = '0';
  do {
    const at = cursor;
    const reply = await connection.read((redis) =>
      redis.callBuffer(command, key, at, 'COUNT', count),
    );
    const [next, page] = reply as [Buffer, Buffer[]];
    if (page.length > 0) yield page;
    cursor = next.toString();
  } while (cursor !== '0');
}

async function* readList(connection: StoreConnection, key: string): AsyncGenerator<Contents> {
  const page = Number(PAGE);
  for (let from = 0; ; from += page) {
    const entries = await connection.read((redis) =>
      redis.lrangeBuffer(key, from, from + page - 1),
    );
    if (entries.length > 0) yield { type: 'list', entries: entries.map(toValue) };
    if (entries.length < page) return;
  }
}

async function* readStream(connection: StoreConnection, key: string): AsyncGenerator<Contents> {
  let after = '-';
  for (;;) {
    const from = after;
    const entries = await connection.read((redis) => redis.xrange(key, from, '+', 'COUNT', 200));
    const last = entries.at(-1);
    if (last === undefined) return;
    yield { type: 'stream', entries };
    after = `(${last[0]}`;
  }
}

function hashEntries(page: Buffer[]): [string, Value][] {
  return pairsOf(page).map(([field, value]) => [field.toString(), toValue(value)]);
}
