import { createInterface } from 'node:readline';

/**
 * Calls `onLine` for each line of a stream that is not empty, until the stream ends.
 * @throws what the stream fails with, and what `onLine` throws.
 */
export async function forEachLine(
  stream: NodeJS.ReadableStream,
  onLine: (line: string) => void,
): Promise<void> {
  const broken = new Promise<never>((_resolve, reject) => stream.once('error', reject));
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  const reading = (async () => {
    for await (const line of lines) {
      if (line.trim() !== '') onLine(line);
    }
  })();
  await Promise.race([reading, broken]);
}
