import { defineConfig } from 'vitest/config';

/** The stack on three nodes: what `make test` runs of it, and what takes longer. */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/stack/stack.test.ts', 'test/stack/*.slow.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
