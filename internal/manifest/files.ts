import { join } from 'node:path';
import { type FileAccess, ManifestFileError } from './file-access.ts';
import { MANIFEST_LIMITS } from './limits.ts';
import { readText } from './read-text.ts';

/** One file of manifests that was found. */
export interface ManifestFile {
  /** Its path, or `<stdin>`. */
  source: string;
  /**
   * Its text. Of a file that is too large only as much as shows that it is.
   * @throws ManifestFileError when it cannot be read, or is not UTF-8.
   */
  read(): Promise<string>;
}

interface CollectOptions {
  recursive: boolean;
  allowEmpty?: boolean;
  /** Is told of each path that cannot be taken; the others are. Without it the first ends the call. */
  unreadable?: (error: ManifestFileError) => void;
}

const EXTENSION = /\.(?:ya?ml|json)$/i;
const STDIN = '<stdin>';

/**
 * The files that paths stand for: files by themselves, whatever they are called; of directories the
 * files `*.yaml`, `*.yml` and `*.json`, sorted; `-` for standard input. Within directories names
 * that begin with a dot are left out, and a file to which several ways lead is taken once.
 * @param options.recursive whether directories within directories are looked through too.
 * @param options.allowEmpty whether a directory without manifests is right.
 * @param options.unreadable is told of what else would be thrown.
 * @throws ManifestFileError for a path where nothing is, and a directory without manifests.
 */
export async function collectFiles(
  paths: readonly string[],
  options: CollectOptions,
  access: FileAccess,
): Promise<ManifestFile[]> {
  const files: ManifestFile[] = [];
  for (const path of paths) {
    await orTold(options, async () => {
      if (path === '-') files.push(stdinFile(files, access));
      else files.push(...(await filesAt(path, options, access)));
    });
  }
  return files;
}

/** @returns whether nothing was wrong. */
async function orTold(
  { unreadable }: Pick<CollectOptions, 'unreadable'>,
  take: () => Promise<void>,
): Promise<boolean> {
  try {
    await take();
    return true;
  } catch (error) {
    if (!(error instanceof ManifestFileError) || unreadable === undefined) throw error;
    unreadable(error);
    return false;
  }
}

function stdinFile(files: readonly ManifestFile[], access: FileAccess): ManifestFile {
  if (files.some(({ source }) => source === STDIN)) {
    throw new ManifestFileError('"-" is given twice: standard input can be read once');
  }
  return { source: STDIN, read: () => readText(STDIN, access.readStdin()) };
}

async function filesAt(
  path: string,
  options: CollectOptions,
  access: FileAccess,
): Promise<ManifestFile[]> {
  const { recursive, allowEmpty = false } = options;
  const info = await infoOf(path, access);
  if (info === undefined) {
    throw new ManifestFileError(`${path}: no such file or directory: check the path`);
  }
  if (info.kind !== 'directory') return [manifestFile(path, access)];
  const walk: Walk = { options, access, seen: new Set([info.id]), found: [], isWhole: true };
  await walkDirectory(path, walk);
  if (walk.found.length > 0 || allowEmpty || !walk.isWhole)
    return walk.found.sort().map((each) => manifestFile(each, access));
  const hint = recursive ? '' : ', or look below it with --recursive';
  throw new ManifestFileError(
    `${path}: no manifests in this directory: it needs files *.yaml, *.yml or *.json${hint}`,
  );
}

function manifestFile(path: string, access: FileAccess): ManifestFile {
  // One byte more than allowed shows that there are more.
  return { source: path, read: () => readText(path, access.read(path, MANIFEST_LIMITS.bytes + 1)) };
}

interface Walk {
  options: CollectOptions;
  access: FileAccess;
  /** Files and directories that were met: a link may lead back to them. */
  seen: Set<string>;
  found: string[];
  /** Nothing was left out. */
  isWhole: boolean;
}

async function walkDirectory(directory: string, walk: Walk): Promise<void> {
  const names = await attempt(directory, () => walk.access.list(directory));
  for (const name of names.sort()) {
    if (name.startsWith('.')) continue;
    const taken = await orTold(walk.options, () => walkEntry(join(directory, name), walk));
    walk.isWhole &&= taken;
  }
}

async function walkEntry(path: string, walk: Walk): Promise<void> {
  const isManifest = EXTENSION.test(path);
  const info = await infoOf(path, walk.access);
  if (info === undefined && isManifest) {
    throw new ManifestFileError(`${path}: this link leads nowhere: mend or remove it`);
  }
  if (info === undefined || walk.seen.has(info.id)) return;
  walk.seen.add(info.id);
  if (info.kind === 'directory' && walk.options.recursive) await walkDirectory(path, walk);
  if (info.kind === 'file' && isManifest) walk.found.push(path);
}

function infoOf(path: string, access: FileAccess) {
  return attempt(path, () => access.info(path));
}

async function attempt<T>(path: string, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    throw new ManifestFileError(`${path}: cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
