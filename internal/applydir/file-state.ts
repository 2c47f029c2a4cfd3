import { lstat, readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';

/** What the file system tells of files beside their content. */
export interface FileState {
  /** Differs when one was written to or replaced, as far as its times show. */
  stamp: string;
  /** It is one file with neither a link on the way nor another name: all that happens to it happens in its directory. */
  direct: boolean;
}

/** Of a file, or of several that are taken together. Never throws: one that is gone differs from all others. */
export async function filesState(paths: readonly string[]): Promise<FileState> {
  const states = await Promise.all(paths.map(fileState));
  const direct = states.length === 1 && states.every((state) => state.direct);
  return { stamp: states.map(({ stamp }) => stamp).join(' '), direct };
}

async function fileState(path: string): Promise<FileState> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    const { nlink } = await lstat(path);
    const direct = nlink === 1 && (await realpath(path)) === path;
    return { stamp: [dev, ino, size, mtimeNs, ctimeNs].join(':'), direct };
  } catch {
    return { stamp: 'gone', direct: false };
  }
}

/** O_WRONLY or O_RDWR, of the flags of an open file. */
const WRITES = 0o3;

/**
 * Which of these files are open for writing in a process that this one may look at: those of its own
 * container, and of its user unless that is root. Of other containers and machines nothing is known, and
 * outside Linux of no process. Never throws.
 */
export async function openForWriting(paths: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  if (paths.length === 0) return found;
  const byName = new Map<string, string[]>();
  for (const path of paths) {
    // Who has a file open is shown its name in its own directory, whatever links lead there.
    const name = basename(await realpath(path).catch(() => path));
    byName.set(name, [...(byName.get(name) ?? []), path]);
  }
  const look = async (fd: string) => {
    // Read, not followed, for most of them: what is behind one may be a file system that hangs.
    const alike = byName.get(basename(await readlink(fd).catch(() => '')));
    if (alike === undefined || !(await isForWriting(fd))) return;
    const id = await idOf(fd);
    for (const path of alike) if (id !== undefined && id === (await idOf(path))) found.add(path);
  };
  for (const pid of await listed('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const fds = await listed(`/proc/${pid}/fd`);
    await Promise.all(fds.map((fd) => look(`/proc/${pid}/fd/${fd}`)));
  }
  return found;
}

/** @param fd path of an open file of a process. */
async function isForWriting(fd: string): Promise<boolean> {
  const info = await readFile(fd.replace('/fd/', '/fdinfo/'), 'utf8').catch(() => '');
  const [, flags = '0'] = /^flags:\s*([0-7]+)/m.exec(info) ?? [];
  return (Number.parseInt(flags, 8) & WRITES) !== 0;
}

/** Undefined for what is gone or may not be looked at. */
async function idOf(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found && `${found.dev}:${found.ino}`;
}

function listed(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}
