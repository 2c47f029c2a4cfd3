/** UTF-8 has at most three continuation bytes in one sequence. */
const MAX_CONTINUATION = 3;

/** Keeps nothing from one call to the next. */
const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * A stream's bytes as text. What is not UTF-8 becomes U+FFFD; a byte order mark is kept as it is.
 * When only the last bytes were kept (`truncated`), the rest of a sequence whose beginning was cut
 * off is dropped instead of being shown as damage.
 */
export function decodeOutput(bytes: Uint8Array, truncated: boolean): string {
  if (bytes.length === 0) return '';
  return DECODER.decode(truncated ? bytes.subarray(leadingContinuation(bytes)) : bytes);
}

function leadingContinuation(bytes: Uint8Array): number {
  let count = 0;
  while (count < MAX_CONTINUATION && isContinuation(bytes[count])) count += 1;
  return count;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
