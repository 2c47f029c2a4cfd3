import { appendFile, copyFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeFiles } from '../manifest/index.ts';
import { directoryProblem } from './check-directory.ts';
import { type FileEvent, watchDirectory } from './watch.ts';

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

  it.runIf(process.platform === 'linux')(
    'tells what is put in place as a whole from what is written there',
    async () => {
      const last = new Map<string, FileEvent>();
      const reject = (error: Error) => expect.fail(error.message);
      const stop = watchDirectory(
        directory,
        () => {},
        reject,
        (path, event) => last.set(path, event),
      );
      const at = (name: string) => join(directory, name);
      await writeFile(at('.new'), 'a');
      await rename(at('.new'), at('moved.yaml'));
      await writeFile(at('written.yaml'), 'a');
      await rename(at('written.yaml'), at('both.yaml'));
      await appendFile(at('both.yaml'), 'b');
      await expect.poll(() => last.get(at('both.yaml'))).toBe('written');
      expect(last.get(at('moved.yaml'))).toBe('placed');
      await copyFile(at('both.yaml'), at('moved.yaml'));
      await expect.poll(() => last.get(at('moved.yaml'))).toBe('written');
      stop();
    },
  );

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
