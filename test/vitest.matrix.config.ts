import { defineConfig } from 'vitest/config';
import { INTEGRATION } from './vitest.shared.ts';

/** Any integration tests, one file after the other: `make matrix` names those that it is about. */
export default defineConfig({
  test: {
    ...INTEGRATION,
    include: ['test/**/*.test.ts'],
    exclude: ['test/structure/**'],
    fileParallelism: false,
    globalSetup: ['test/lab/global-setup.ts'],
  },
});
