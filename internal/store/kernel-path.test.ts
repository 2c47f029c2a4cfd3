import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makePlace } from './embedded-place.ts';
import { kernelPathProblem } from './kernel-path.ts';

it.each(['/proc', '/proc/swarmer', '/proc/1/no/such/folder', '/sys/fs/x/y', '/proc/../proc/x'])(
  'no file can be made at %s',
  (path) => {
    expect(kernelPathProblem(path)).toMatch(/^it is in \w+, which keeps no files$/);
  },
);

it('files can be made where folders are still missing', () => {
  const dir = mkdtempSync(join(tmpdir(), 'kernel-path-'));
  expect(kernelPathProblem(join(dir, 'a/b/c'))).toBeUndefined();
  rmSync(dir, { recursive: true });
});

it('a data folder in /proc is told at once, with what to do', () => {
  expect(() => makePlace('/proc/swarmer')).toThrow(
    /^the data folder \/proc\/swarmer cannot be used \(it is in proc, .*SWARMER_DATA_DIR/,
  );
});
