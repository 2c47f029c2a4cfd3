import { withLock } from './lock.ts';
import { isAlive } from './process.ts';
import { type LabNames, listLabs, readState } from './state.ts';
import { tearDown } from './teardown.ts';

/** A removed lab and what was left of it. */
export interface Leftover {
  lab: LabNames;
  removed: string[];
}

/** Removes every lab whose owner died. Labs of living owners are left alone. */
export function cleanLeftovers(): Promise<Leftover[]> {
  return withLock(cleanLocked);
}

/** {@link cleanLeftovers} for a caller that holds the lab lock. */
export async function cleanLocked(): Promise<Leftover[]> {
  const leftovers: Leftover[] = [];
  for (const lab of listLabs()) {
    const state = readState(lab);
    if (state && isAlive(state.owner)) continue;
    leftovers.push({ lab, removed: await tearDown(lab) });
  }
  return leftovers;
}
