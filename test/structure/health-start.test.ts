import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { expect, test } from 'vitest';

/**
 * Every container of Swarmer runs `swarmer health` every few seconds, on the core that the server has too: it is
 * to load what reads the command line and no more. One import of the server in `cmd/` made it six times as dear.
 */
test('the health check loads no package but what reads the command line', async () => {
  const { metafile } = await build({
    absWorkingDir: fileURLToPath(new URL('../..', import.meta.url)),
    entryPoints: ['cmd/swarmer.ts'],
    ...{ bundle: true, splitting: true, write: false, metafile: true, outdir: 'dist/cmd' },
    ...{ platform: 'node', format: 'esm', packages: 'external' },
  });
  const chunkOf = (source: string) =>
    Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === source)?.[0] ?? '';
  const packages = new Set<string>();
  for (const source of ['cmd/swarmer.ts', 'internal/server/ask-health.ts']) {
    for (const name of packagesOf(metafile, chunkOf(source))) packages.add(name);
  }
  expect([...packages].sort()).toEqual(['commander', 'fastest-levenshtein']);
});

/** What is loaded with a chunk, other than Node's own; not what is loaded when it is needed. */
function packagesOf({ outputs }: Metafile, chunk: string, seen = new Set<string>()): string[] {
  if (seen.has(chunk)) return [];
  seen.add(chunk);
  const output = outputs[chunk];
  if (output === undefined) throw new Error(`there is no chunk "${chunk}"`);
  return output.imports
    .filter(({ kind }) => kind === 'import-statement')
    .flatMap(({ path, external }) => {
      if (external) return path.startsWith('node:') ? [] : [path];
      return packagesOf({ inputs: {}, outputs }, path, seen);
    });
}
