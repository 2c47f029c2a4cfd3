import { inject } from 'vitest';
import { LabHandle } from './handle.ts';
import type {} from './provide.ts';

/**
 * The lab that the integration run shares, for a test file. Keep apart from other files: start a
 * Redis of your own (`lab.startRedis()`) and use a `SWARMER_INSTANCE` of your own on its swarm.
 */
export function injectLab(): LabHandle {
  return new LabHandle(inject('lab'));
}
