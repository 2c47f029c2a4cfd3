import { constants } from 'node:buffer';

const MIB = 1024 * 1024;

/** Arrays and objects within each other in any body. Ours need 4. */
export const MAX_DEPTH = 32;
/** Members of one object in any body. */
export const MAX_MEMBERS = 10_000;
/** Bytes of a body with a spec or tasks. */
export const SPEC_BODY_BYTES = 16 * MIB;

/** A byte of output takes up to 6 in JSON (`\u0000`), and there are two streams. */
const REPORT_BYTES_PER_OUTPUT_BYTE = 14;
const LEAST_REPORT_BYTES = 32 * MIB;

/** Bytes of a report on a task of which `outputLimitBytes` of each stream are kept. */
export function reportBodyBytes(outputLimitBytes: number): number {
  const wanted = REPORT_BYTES_PER_OUTPUT_BYTE * outputLimitBytes + MIB;
  // A body becomes one string: what does not fit into one cannot be read.
  return Math.min(Math.max(LEAST_REPORT_BYTES, wanted), constants.MAX_STRING_LENGTH);
}
