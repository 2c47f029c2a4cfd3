import { defineConfig } from 'vitest/config';
import { CONTROL_PLANE, INTEGRATION } from './vitest.shared.ts';

/** Integration tests of the control plane: a real Redis and no engine, a file for each core at a time. */
export default defineConfig({
  test: {
    ...INTEGRATION,
    include: CONTROL_PLANE,
    maxWorkers: '100%',
    isolate: false,
    globalSetup: ['test/lab/global-setup-no-swarm.ts'],
  },
});
