import type { TestProject } from 'vitest/node';
import type { LabCoordinates } from './handle.ts';
import type { Lab } from './lab.ts';
import { stopOnSignals } from './signals.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    lab: LabCoordinates;
  }
}

/**
 * Gives a lab to the files of a test run, which get it by `injectLab()`. It goes away at the end of the
 * run, also of a failed one, and on SIGINT and SIGTERM; what a SIGKILL leaves goes away at the next start.
 *
 * @returns what ends it.
 */
export function provideLab(project: TestProject, lab: Lab): () => Promise<void> {
  const stop = () => lab.stop();
  const forgetSignals = stopOnSignals(stop);
  project.provide('lab', lab.coordinates);
  return async () => {
    forgetSignals();
    await stop();
  };
}
