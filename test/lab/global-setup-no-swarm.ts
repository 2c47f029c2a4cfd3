import type { TestProject } from 'vitest/node';
import { startLab } from './lab.ts';
import { provideLab } from './provide.ts';

/** Vitest's global set-up for files that start a Redis, but no container: a lab with no swarm. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  return provideLab(project, await startLab());
}
