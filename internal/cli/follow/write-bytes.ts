import { once } from 'node:events';
import type { OutStream } from '../io.ts';

/**
 * Writes bytes as they are, and waits while the stream is full. What nobody can read any more is
 * dropped; the program's own listener hears of that.
 * @param signal ends the waiting, not the writing.
 */
export async function writeBytes(
  stream: OutStream,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  if (bytes.length === 0 || !stream.writable) return;
  if (stream.write(bytes) || signal.aborted) return;
  try {
    await once(stream, 'drain', { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
