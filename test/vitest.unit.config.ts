import { defineConfig } from 'vitest/config';

/** Unit tests: beside the source, no Docker and no Redis. */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['internal/**/*.test.ts', 'cmd/**/*.test.ts', 'test/structure/**/*.test.ts'],
  },
});
