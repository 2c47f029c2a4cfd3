import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type ImageName, type RootFs, rootFsOf, writeRootFs } from './rootfs.ts';
import { run } from './spawn.ts';
import { cacheDir } from './state.ts';

/** Change it when the way images are laid out changes. */
const recipe = 2;

/**
 * The image's root filesystem as a tar file, made at first need and kept for later labs. Its name
 * follows from what is in it, so that a new node or busybox makes a new file.
 */
export async function imageTar(name: ImageName): Promise<string> {
  const rootFs = await rootFsOf(name);
  const tar = join(cacheDir, `${name}-${keyOf(rootFs)}.tar`);
  if (existsSync(tar)) return tar;
  mkdirSync(cacheDir, { recursive: true });
  const work = mkdtempSync(join(cacheDir, 'making-'));
  try {
    const root = join(work, 'root');
    await writeRootFs(rootFs, root);
    await run('tar', ['-C', root, '-cf', join(work, 'image.tar'), '.']);
    renameSync(join(work, 'image.tar'), tar);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return tar;
}

function keyOf(rootFs: RootFs): string {
  const facts = rootFs.files.map(({ source, target }) => {
    const { size, mtimeMs } = statSync(source);
    return [target, size, mtimeMs];
  });
  const hash = createHash('sha256').update(JSON.stringify([recipe, facts, rootFs.texts]));
  return hash.digest('hex').slice(0, 16);
}
