import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from '../clock/clock.ts';
import { EmbeddedRedisError, hasCode } from './embedded-error.ts';
import type { Place } from './embedded-place.ts';

/** Name of each file that holds data, and its bytes. */
export type DataFiles = Readonly<Record<string, number>>;

/** The note beside the folder of the data: that there is a store, and what of it was seen last. */
interface Marker {
  /** ISO time of the first start. */
  since: string;
  files: DataFiles;
}

/** Of Redis 7 and Valkey; Redis 6 has one file, beside it. */
const AOF_FOLDER = 'appendonlydir';
const SINGLE_FILE = 'appendonly.aof';
const MANIFEST = `${SINGLE_FILE}.manifest`;

/** The files of the data in the folder; the manifest, which names them, is none of them. */
export function dataFiles({ folder }: Place): DataFiles {
  const files: [string, number][] = [];
  for (const directory of [folder, join(folder, AOF_FOLDER)]) {
    for (const name of existsSync(directory) ? readdirSync(directory) : []) {
      if (!name.startsWith(SINGLE_FILE) || name === MANIFEST) continue;
      files.push([name, statSync(join(directory, name)).size]);
    }
  }
  return Object.fromEntries(files);
}

/**
 * Looks at the data before Redis does, which would begin with an empty store where it finds none.
 * @throws EmbeddedRedisError when there was a store and is none.
 */
export function checkData(place: Place, log: Logger): void {
  const marker = readMarker(place);
  const files = dataFiles(place);
  const { folder } = place;
  const isThere =
    existsSync(join(folder, AOF_FOLDER, MANIFEST)) || existsSync(join(folder, SINGLE_FILE));
  if (!isThere) {
    const written = Object.entries(files).some(
      ([name, bytes]) => name.includes('.incr.') && bytes > 0,
    );
    if (marker === undefined && !written) return;
    const lost = written
      ? `${join(folder, AOF_FOLDER, MANIFEST)} is missing`
      : `${folder} is empty`;
    const since = marker === undefined ? '' : ` (since ${marker.since})`;
    throw new EmbeddedRedisError(
      `there was a store${since}, and its data is gone: ${lost}. Put the data back, or type ` +
        '"swarmer new-store" to begin with an empty store, and "swarmer restore FILE" if there is a backup.',
    );
  }
  for (const [file, bytes] of Object.entries(marker?.files ?? {})) {
    const now = files[file];
    if (now !== undefined && now < bytes) {
      log.error(
        { file, bytes: bytes - now },
        'the store lost its last bytes while it was not running',
      );
    }
  }
}

/** Notes that there is a store, and how much of it. */
export function noteData(place: Place, clock: Clock): void {
  const since = readMarker(place)?.since ?? isoTime(clock);
  const marker: Marker = { since, files: dataFiles(place) };
  writeFileSync(`${place.marker}.draft`, `${JSON.stringify(marker)}\n`, { mode: 0o600 });
  renameSync(`${place.marker}.draft`, place.marker);
}

/**
 * Puts the data aside and forgets that there was any, so that the next start begins with an empty store.
 * @returns where the data is now.
 */
export function putDataAside(place: Place, clock: Clock): string {
  const aside = `${place.folder}.aside-${isoTime(clock).replaceAll(':', '-')}`;
  renameSync(place.folder, aside);
  mkdirSync(place.folder, { mode: 0o700 });
  rmSync(place.marker, { force: true });
  return aside;
}

function isoTime(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}

/** Undefined when there is none. One that cannot be read tells that there was a store, and no more. */
function readMarker({ marker }: Place): Marker | undefined {
  let text: string;
  try {
    text = readFileSync(marker, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  try {
    const { since, files } = JSON.parse(text);
    if (typeof since === 'string' && typeof files === 'object' && files !== null)
      return { since, files };
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof TypeError)) throw error;
  }
  return { since: 'an unknown time', files: {} };
}
