import { build } from 'esbuild';
import { expect, it } from 'vitest';

/** What the program needs before it knows the verb. Everything else costs time at every start. */
const LIGHT = new Set(['commander']);

it('loads commander and nothing else before the verb', async () => {
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
  const { outputs } = metafile;
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
