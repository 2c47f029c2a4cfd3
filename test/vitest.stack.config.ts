import { defineConfig } from 'vitest/config';
import { INTEGRATION } from './vitest.shared.ts';

/** The stack on three nodes: its image is built on each, which takes minutes. */
export default defineConfig({
  test: { ...INTEGRATION, include: ['test/stack/*.slow.ts'], fileParallelism: false },
});
