import type { Output, StreamSummary } from '../apis/index.ts';
import { Tail } from '../tail/tail.ts';
import { EngineError } from './engine-error.ts';
import { FRAME, FrameSplitter } from './frame-splitter.ts';
import { type EncodedBytes, EncodedLog } from './log-driver.ts';

const MAX_ERROR_BYTES = 4096;

/** The last bytes of both streams of a log, and how much it was. Memory is bounded by `limitBytes` per stream. */
export class LogTails {
  readonly #stdout: Tail;
  readonly #stderr: Tail;
  readonly #encoded = new EncodedLog();

  constructor(limitBytes: number) {
    this.#stdout = new Tail(limitBytes);
    this.#stderr = new Tail(limitBytes);
  }

  /** @param isLast a line, or a part of a long one, ends with it; where that is not known it counts as one. */
  push(stream: 'stdout' | 'stderr', bytes: Buffer, isLast = true): void {
    (stream === 'stdout' ? this.#stdout : this.#stderr).push(bytes);
    this.#encoded.push(bytes, isLast);
  }

  /** How much it is in the file of its driver. */
  get encoded(): EncodedBytes {
    return this.#encoded;
  }

  output(): Output {
    const summary = { stdout: summarise(this.#stdout), stderr: summarise(this.#stderr) };
    const truncated = summary.stdout.truncated || summary.stderr.truncated;
    return {
      summary: { ...summary, log: { state: truncated ? 'truncated' : 'complete' } },
      stdout: this.#stdout.bytes(),
      stderr: this.#stderr.bytes(),
    };
  }
}

/** Gathers the log of a task that is read to its end, whatever the length of a frame. */
export class LogFrames {
  readonly #splitter = new FrameSplitter();
  readonly #tails: LogTails;
  readonly #error = new Tail(MAX_ERROR_BYTES);

  constructor(limitBytes: number) {
    this.#tails = new LogTails(limitBytes);
  }

  push(chunk: Buffer): void {
    for (const { type, bytes, isLast } of this.#splitter.split(chunk)) {
      if (type === FRAME.systemError) this.#error.push(bytes);
      else this.#tails.push(type === FRAME.stdout ? 'stdout' : 'stderr', bytes, isLast);
    }
  }

  /** How much it is in the file of its driver. */
  get encoded(): EncodedBytes {
    return this.#tails.encoded;
  }

  /** What was read, once the stream has ended. */
  output(): Output {
    const output = this.#tails.output();
    const error = this.#error.bytes().toString('utf8').trim();
    const reason = error || this.#splitter.fault;
    if (reason === undefined) return output;
    return { ...output, summary: { ...output.summary, log: { state: 'unavailable', reason } } };
  }
}

/**
 * What a log says while its node cannot be asked: after a change of managers for half a minute; and where
 * its node, or the engine that was asked, went away meanwhile (seen with Engine 20.10).
 */
const PASSING =
  /is not available|disconnected unexpectedly|context canceled|connection is closing|transport is closing/;

/**
 * A log that was read to its end, whatever it is.
 * @throws EngineError `Unavailable` when it could not be read for a reason that may pass.
 */
export function settledLog(output: Output): Output {
  const { log } = output.summary;
  if (log.state !== 'unavailable' || !PASSING.test(log.reason)) return output;
  throw new EngineError('Unavailable', log.reason);
}

function summarise(tail: Tail): StreamSummary {
  return { bytes: tail.totalBytes, truncated: tail.truncated };
}
