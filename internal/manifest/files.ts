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
}

const EXTENSION = /\.(?:ya?ml|json)$/i;
const STDIN = '<stdin>';

/**
 * The files that paths stand for: files by themselves, whatever they are called; of directories the
 * files `*.yaml`, `*.yml` and `*.json`, sorted; `-` for standard input. Within directories names
 * that begin with a dot are left out, and a file to which several ways lead is taken once.
 * @param options.recursive whether directories within directories are looked through too.
 * @param options.allowEmpty whether a directory without manifests is right.
 * @throws ManifestFileError for a path where nothing is, and a directory without manifests.
 */
export async function collectFiles(
  paths: readonly string[],
  options: CollectOptions,
  access: FileAccess,
): Promise<ManifestFile[]> {
  const files: ManifestFile[] = [];
  for (const path of paths) {
    if (path === '-') files.push(stdinFile(files, access));
    else files.push(...(await filesAt(path, options, access)));
  }
  return files;
}

function stdinFile(files: readonly ManifestFile[], access: FileAccess): ManifestFile {
  if (files.some(({ source }) => source === STDIN)) {
    throw new ManifestFileError('"-" is given twice: standard input can be read once');
  }
  return { source: STDIN, read: () => readText(STDIN, access.readStdin()) };
}

async function filesAt(
  path: string,
  { recursive, allowEmpty = false }: CollectOptions,
  access: FileAccess,
): Promise<ManifestFile[]> {
  const info = await infoOf(path, access);
  if (info === undefined) {
    throw new ManifestFileError(`${path}: no such file or directory: check the path`);
  }
  if (info.kind !== 'directory') return [manifestFile(path, access)];
  const walk: Walk = { recursive, access, seen: new Set([info.id]), found: [] };
  await walkDirectory(path, walk);
  if (walk.found.length > 0 || allowEmpty)
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
  recursive: boolean;
  access: FileAccess;
  /** Files and directories that were met: a link may lead back to them. */
  seen: Set<string>;
  found: string[];
}

async function walkDirectory(directory: string, walk: Walk): Promise<void> {
  const names = await attempt(directory, () => walk.access.list(directory));
  for (const name of names.sort()) {
    if (!name.startsWith('.')) await walkEntry(join(directory, name), walk);
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
  if (info.kind === 'directory' && walk.recursive) await walkDirectory(path, walk);
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
