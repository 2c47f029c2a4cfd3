import { StoreError } from '../store/errors.ts';

/** Somebody else wrote between reading and writing: so often it is tried again. */
const TRIES = 8;
const PASSING: ReadonlySet<string> = new Set(['Conflict', 'NameTaken', 'NotFound']);

/** Reads, decides and writes again where others have written in between. */
export async function retried<T>(once: () => Promise<T>): Promise<T> {
  for (let left = TRIES; ; left--) {
    try {
      return await once();
    } catch (error) {
      const passes = error instanceof StoreError && PASSING.has(error.code);
      if (!passes || left === 0) throw error;
    }
  }
}
