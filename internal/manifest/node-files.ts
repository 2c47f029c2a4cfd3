import { createReadStream } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import type { FileAccess, FileInfo } from './file-access.ts';

/** A link that leads nowhere, or round in a circle, is nothing. */
const NOTHING_THERE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

/** The file system of this machine. @param stdin for the path `-`, such as `process.stdin`. */
export function nodeFiles(stdin: AsyncIterable<Uint8Array | string>): FileAccess {
  return {
    info: (path) => ifThere(() => infoOf(path)),
    realPath: (path) => ifThere(() => realpath(path)),
    list: (directory) => readdir(directory),
    read: (path, most) => createReadStream(path, { end: most - 1 }),
    readStdin: () => stdin,
  };
}

async function infoOf(path: string): Promise<FileInfo> {
  const found = await stat(path, { bigint: true });
  return { kind: kindOf(found), id: `${found.dev}:${found.ino}` };
}

async function ifThere<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (NOTHING_THERE.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

function kindOf(found: { isFile(): boolean; isDirectory(): boolean }): FileInfo['kind'] {
  if (found.isFile()) return 'file';
  return found.isDirectory() ? 'directory' : 'other';
}
