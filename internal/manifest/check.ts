import type { Parsed } from '../apis/validation/index.ts';
import type { ManifestDocument } from './document.ts';
import { byPosition, type ManifestFault } from './fault.ts';

export type Checked<T> =
  | { ok: true; value: T }
  | {
      ok: false;
      /** In the order of the file. */
      faults: ManifestFault[];
      /** How many there are beyond those. */
      more: number;
    };

/** Gives a document to the parser of its kind, and every problem its line and column. */
export function checkManifest<T>(
  document: ManifestDocument,
  parse: (value: unknown) => Parsed<T>,
): Checked<T> {
  const parsed = parse(document.value);
  if (parsed.ok) return parsed;
  const faults = parsed.problems.map((problem) => document.fault(problem)).sort(byPosition);
  return { ok: false, faults, more: parsed.more };
}
