import { defineConfig } from 'vitest/config';

/** Unit tests: beside the source, no Docker and no Redis. */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    // No module of ours has state: one module graph serves all files of a process.
    isolate: false,
    // By default one less than there are cores: on two of them no file would run beside another.
    maxWorkers: '100%',
    setupFiles: ['test/support/property-seed.ts'],
    // Far beyond what any takes: a machine that is busy must not fail one.
    testTimeout: 60_000,
    include: ['internal/**/*.test.ts', 'cmd/**/*.test.ts', 'test/structure/**/*.test.ts'],
  },
});
