import type { Tail } from '../tail/tail.ts';

const MAX_CONTINUATION_BYTES = 3;

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0b1100_0000) === 0b1000_0000;
}

function skipPartialCharacter(bytes: Buffer): Buffer {
  let start = 0;
  while (start < MAX_CONTINUATION_BYTES && isContinuation(bytes[start])) start += 1;
  return bytes.subarray(start);
}

/**
 * A tail as text. Bytes that are not UTF-8 become U+FFFD. Where the front was cut off, the rest of a
 * character that was cut in two is left out (at most 3 bytes, RFC 3629 section 3).
 */
export function tailText(tail: Tail): string {
  const bytes = tail.bytes();
  return (tail.truncated ? skipPartialCharacter(bytes) : bytes).toString('utf8');
}
