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

/**
 * Waits for `work`, at most until `signal` aborts: a reader that is held up, or a connection that does
 * not notice its abort, keeps nobody waiting.
 */
export async function untilAborted(signal: AbortSignal, work: Promise<void>): Promise<void> {
  let stop = () => {};
  const aborted = new Promise<void>((resolve) => {
    stop = resolve;
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) resolve();
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
