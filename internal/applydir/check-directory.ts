import type { FileAccess } from '../manifest/index.ts';

/** Why a path cannot be a directory of manifests, as one line; undefined when it can. */
export async function directoryProblem(
  path: string,
  files: FileAccess,
): Promise<string | undefined> {
  const say = (what: string) => `--apply (SWARMER_APPLY_DIR): ${path} ${what}`;
  try {
    const info = await files.info(path);
    if (info === undefined) return say('does not exist: make it, or name a directory of manifests');
    if (info.kind !== 'directory') return say('is no directory: name the directory that it is in');
    await files.list(path);
    return undefined;
  } catch (error) {
    return say(`cannot be read: ${(error as Error).message}`);
  }
}
