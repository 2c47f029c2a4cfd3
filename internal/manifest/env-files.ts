import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { ManifestDocument } from './document.ts';
import { type EnvFile, parseEnvFile } from './env-file.ts';
import type { ManifestFault } from './fault.ts';
import { type FileAccess, ManifestFileError } from './file-access.ts';
import { MANIFEST_LIMITS } from './limits.ts';
import { readText } from './read-text.ts';

interface EnvFileOptions {
  access: FileAccess;
  /** Variables of this process, for names that stand alone; without it they are refused. */
  lookup?: (name: string) => string | undefined;
  /**
   * Only files beside the manifest or below, also by symbolic links: who writes manifests is not to read what else
   * there is. In words: what lets other files be read, if there is such a thing.
   */
  confined?: boolean | string;
}

/** By their paths. */
export type EnvFiles = ReadonlyMap<string, EnvFile>;

/** Reads the files of variables that these documents name. What is wrong with one is told when it is used. */
export async function readEnvFiles(
  documents: readonly ManifestDocument[],
  options: EnvFileOptions,
): Promise<EnvFiles> {
  const files = new Map<string, EnvFile>();
  for (const document of documents) {
    for (const name of namesIn(document)) {
      const path = pathOf(document, name);
      if (!files.has(path)) files.set(path, await readNamed(path, document, options));
    }
  }
  return files;
}

/**
 * The document with the variables of its files under its own `env`, those of later files over those of
 * earlier ones. One without `envFile`, or with something else there, stays as it is.
 */
export function withEnvFiles(
  document: ManifestDocument,
  files: EnvFiles,
): { document: ManifestDocument; faults: ManifestFault[] } {
  const names = namesIn(document);
  if (names.length === 0) return { document, faults: [] };
  const read = names.map((name) => files.get(pathOf(document, name)));
  const faults = read.flatMap((file, index) =>
    (file?.problems ?? []).map((problem) => faultOf(document, names, index, problem)),
  );
  const env = Object.assign({}, ...read.map((file) => file?.env));
  const value = changed(document.value, specPath(document.value), (spec) => {
    const { envFile: _, ...others } = spec;
    const own = others['env'] ?? {};
    return isObject(own) ? { ...others, env: { ...env, ...own } } : others;
  });
  return { document: document.part(value, document.syntax.root), faults };
}

async function readNamed(
  path: string,
  { source }: ManifestDocument,
  options: EnvFileOptions,
): Promise<EnvFile> {
  const { access, confined = false } = options;
  if (confined === false) return readEnvFile(path, options);
  const folder = dirname(source);
  const outside = confined === true ? OUTSIDE : `${OUTSIDE}; ${confined}`;
  // Nothing outside is so much as looked for: whether it is there is not to be told either.
  if (leaves(folder, path)) return wrong(outside);
  const [realFolder, realFile] = await Promise.all([
    access.realPath(folder),
    access.realPath(path),
  ]);
  if (realFolder === undefined || realFile === undefined) return readEnvFile(path, options);
  return leaves(realFolder, realFile) ? wrong(outside) : readEnvFile(realFile, options);
}

const OUTSIDE = 'must be a file beside the manifest, or below';

function leaves(folder: string, path: string): boolean {
  const [first = ''] = relative(folder, path).split(sep);
  return first === '..' || isAbsolute(first) || first === '';
}

/** Reads a file of variables. Never throws: what is wrong with it is among its problems. */
export async function readEnvFile(
  path: string,
  { access, lookup }: Pick<EnvFileOptions, 'access' | 'lookup'>,
): Promise<EnvFile> {
  try {
    const info = await access.info(path);
    if (info?.kind !== 'file') return wrong('there is no such file');
    const text = await readText(path, access.read(path, MANIFEST_LIMITS.bytes + 1));
    if (text.length > MANIFEST_LIMITS.bytes) return wrong('the file is larger than 1 MiB');
    return parseEnvFile(text, lookup);
  } catch (error) {
    if (error instanceof ManifestFileError) return wrong(error.message);
    return wrong(`cannot be read: ${(error as Error).message}`);
  }
}

function wrong(problem: string): EnvFile {
  return { env: {}, problems: [problem] };
}

function faultOf(
  document: ManifestDocument,
  names: readonly string[],
  index: number,
  problem: string,
): ManifestFault {
  const place = [...specPath(document.value), 'envFile'].join('.');
  const path = names.length === 1 ? place : `${place}[${index}]`;
  return document.fault({ path, message: `${names[index]}: ${problem}` });
}

/** A path beside the manifest; of what is read from standard input, beside where this process runs. */
function pathOf({ source }: ManifestDocument, name: string): string {
  return isAbsolute(name) ? name : join(dirname(source), name);
}

function namesIn({ value }: ManifestDocument): string[] {
  const given = specPath(value).reduce<unknown>(memberOf, value);
  const names = memberOf(given, 'envFile');
  if (typeof names === 'string') return [names];
  const areNames = Array.isArray(names) && names.every((name) => typeof name === 'string');
  return areNames ? names : [];
}

function specPath(value: unknown): string[] {
  return memberOf(value, 'kind') === 'CronJob' ? ['spec', 'jobTemplate', 'spec'] : ['spec'];
}

function changed(
  value: unknown,
  [name, ...rest]: readonly string[],
  change: (member: Record<string, unknown>) => unknown,
): unknown {
  if (!isObject(value)) return value;
  if (name === undefined) return change(value);
  return { ...value, [name]: changed(value[name], rest, change) };
}

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
