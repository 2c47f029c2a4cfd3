import { EngineError } from './engine-error.ts';
import { FRAME, FrameSplitter } from './frame-splitter.ts';

/** Takes bytes of a log as they come. A promise that it returns holds the log up until it settles. */
export type OnLogBytes = (stream: 'stdout' | 'stderr', bytes: Buffer) => void | Promise<void>;

const MAX_ERROR_BYTES = 4096;

/**
 * Reads a log that is being written, until its stream ends.
 * @throws EngineError `Unavailable` when the engine says within the stream that it cannot go on, or the
 *   stream breaks off within a frame; and what the stream or `onBytes` fail with.
 */
export async function followFrames(
  stream: AsyncIterable<Buffer | string>,
  onBytes: OnLogBytes,
): Promise<void> {
  const splitter = new FrameSplitter();
  let error = '';
  for await (const chunk of stream) {
    for (const { type, bytes, isLast } of splitter.split(Buffer.from(chunk))) {
      if (type !== FRAME.systemError) {
        await onBytes(type === FRAME.stdout ? 'stdout' : 'stderr', bytes);
        continue;
      }
      error = (error + bytes.toString('utf8')).slice(0, MAX_ERROR_BYTES);
      if (isLast) throw new EngineError('Unavailable', error.trim());
    }
  }
  const fault = error.trim() || splitter.fault;
  if (fault !== undefined) throw new EngineError('Unavailable', fault);
}
