import { build, type Metafile } from 'esbuild';
import { expect, it } from 'vitest';

/** What the program needs before it knows the verb. Everything else costs time at every start. */
const LIGHT = new Set(['commander']);

async function bundled(): Promise<Metafile> {
  const { metafile } = await build({
    entryPoints: [new URL('../../cmd/swarmerctl.ts', import.meta.url).pathname],
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outdir: 'unused',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  return metafile;
}

it('has the types of answers from their schemas, and nothing of the schemas themselves', async () => {
  const { inputs } = await bundled();
  expect(Object.keys(inputs)).toContain('internal/cli/client.ts');
  expect(Object.keys(inputs).filter((path) => path.includes('apis/answers'))).toEqual([]);
});

it('loads commander and nothing else before the verb', async () => {
  const { outputs } = await bundled();
  const entry = Object.keys(outputs).find((path) => path.endsWith('swarmerctl.js')) ?? '';
  const loaded = new Set<string>();
  const visit = (path: string): void => {
    for (const { path: next, kind } of outputs[path]?.imports ?? []) {
      if (kind !== 'import-statement' || loaded.has(next)) continue;
      loaded.add(next);
      visit(next);
    }
  };
  visit(entry);
  const packages = [...loaded].filter(
    (path) => outputs[path] === undefined && !path.startsWith('node:'),
  );
  expect(new Set(packages)).toEqual(LIGHT);
});
