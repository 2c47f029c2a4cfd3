import type { TestProject } from 'vitest/node';
import { startLab } from './lab.ts';
import { provideLab } from './provide.ts';

/** Vitest's global set-up: one lab (a swarm of one node, the busybox image) for the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const lab = await startLab({ swarm: true, images: ['busybox'] });
  if (process.env['SWARMER_LAB_ENGINE_ROOT']) {
    const { Version } = await lab.docker.version();
    process.stderr.write(`lab: the engine is ${Version}\n`);
  }
  return provideLab(project, lab);
}
