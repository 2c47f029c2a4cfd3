import { setImmediate } from 'node:timers/promises';
import type { Steps } from '../../apis/validation/index.ts';

/** Does work that may take long, and lets others run between its steps. @throws what it throws. */
export async function inSteps<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await setImmediate();
  }
}
