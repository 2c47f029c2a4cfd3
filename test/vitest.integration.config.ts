import { defineConfig } from 'vitest/config';
import { CONTROL_PLANE, INTEGRATION } from './vitest.shared.ts';

/** Integration tests with containers: a real Redis and a real one-node swarm, one file after the other. */
export default defineConfig({
  test: {
    ...INTEGRATION,
    include: ['test/**/*.test.ts'],
    exclude: ['test/structure/**', ...CONTROL_PLANE],
    fileParallelism: false,
    isolate: false,
    globalSetup: ['test/lab/global-setup.ts'],
  },
});
