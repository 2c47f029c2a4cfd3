import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeFiles } from '../manifest/index.ts';
import { directoryProblem } from './check-directory.ts';
import { watchDirectory } from './watch.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'swarmer-applydir-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('watchDirectory', () => {
  it('tells of a new file', async () => {
    let stop = () => {};
    const changed = new Promise<void>((resolve, reject) => {
      stop = watchDirectory(directory, resolve, reject);
    });
    await writeFile(join(directory, 'a.yaml'), 'a');
    await changed;
    stop();
  });

  it('tells of a directory that cannot be watched, and throws nothing', () => {
    const failures: Error[] = [];
    const stop = watchDirectory(
      join(directory, 'none'),
      () => {},
      (error) => failures.push(error),
    );
    stop();
    expect(failures).toEqual([expect.objectContaining({ code: 'ENOENT' })]);
  });
});

describe('directoryProblem', () => {
  const files = nodeFiles(Readable.from([]));

  it('finds nothing wrong with a directory, empty or not', async () => {
    expect(await directoryProblem(directory, files)).toBeUndefined();
  });

  it('says in one sentence what to do about a path that is none', async () => {
    const [none, file] = [join(directory, 'none'), join(directory, 'a.yaml')];
    await writeFile(file, 'a');
    expect(await directoryProblem(none, files)).toBe(
      `--apply (SWARMER_APPLY_DIR): ${none} does not exist: make it, or name a directory of manifests`,
    );
    expect(await directoryProblem(file, files)).toMatch(/a\.yaml is no directory: name the dir/);
  });
});
