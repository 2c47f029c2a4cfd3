import type { TestProject } from 'vitest/node';
import type { LabCoordinates } from './handle.ts';
import { startLab } from './lab.ts';
import { stopOnSignals } from './signals.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    lab: LabCoordinates;
  }
}

/**
 * Vitest's global set-up: one lab (a swarm of one node, the busybox image) for the whole run. Test
 * files get it by `injectLab()`. It goes away at the end of the run, also of a failed one, and on
 * SIGINT and SIGTERM; what a SIGKILL leaves goes away at the next start.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const lab = await startLab({ swarm: true, images: ['busybox'] });
  if (process.env['SWARMER_LAB_ENGINE_ROOT']) {
    const { Version } = await lab.docker.version();
    process.stderr.write(`lab: the engine is ${Version}\n`);
  }
  const stop = () => lab.stop();
  const forgetSignals = stopOnSignals(stop);
  project.provide('lab', lab.coordinates);
  return async () => {
    forgetSignals();
    await stop();
  };
}
