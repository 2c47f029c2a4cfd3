import { defineConfig } from 'vitest/config';

/** Integration tests: a real Redis and a real one-node swarm, one file after the other. */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    exclude: ['test/structure/**'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 180_000,
    globalSetup: ['test/lab/global-setup.ts'],
    setupFiles: ['test/support/property-seed.ts'],
  },
});
