import type { LogVerdict, Output, StreamSummary } from '../apis/index.ts';
import { Tail } from '../tail/tail.ts';
import { EngineError } from './engine-error.ts';
import { FRAME, FrameSplitter } from './frame-splitter.ts';
import { type EncodedBytes, EncodedLog } from './log-driver.ts';

const MAX_ERROR_BYTES = 4096;

/**
 * Gathers the log of a task that is read to its end. Memory is bounded by `limitBytes` per stream,
 * whatever the length of a frame.
 */
export class LogFrames {
  readonly #splitter = new FrameSplitter();
  readonly #tails: ReadonlyMap<number, Tail>;
  readonly #encoded = new EncodedLog();

  constructor(limitBytes: number) {
    this.#tails = new Map([
      [FRAME.stdout, new Tail(limitBytes)],
      [FRAME.stderr, new Tail(limitBytes)],
      [FRAME.systemError, new Tail(MAX_ERROR_BYTES)],
    ]);
  }

  push(chunk: Buffer): void {
    for (const { type, bytes, isLast } of this.#splitter.split(chunk)) {
      this.#tail(type).push(bytes);
      if (type !== FRAME.systemError) this.#encoded.push(bytes, isLast);
    }
  }

  /** How much it is in the file of its driver. */
  get encoded(): EncodedBytes {
    return this.#encoded;
  }

  /** What was read, once the stream has ended. */
  output(): Output {
    const stdout = this.#tail(FRAME.stdout);
    const stderr = this.#tail(FRAME.stderr);
    const summary = { stdout: summarise(stdout), stderr: summarise(stderr) };
    const log = this.#verdict(stdout.truncated || stderr.truncated);
    return { summary: { ...summary, log }, stdout: stdout.bytes(), stderr: stderr.bytes() };
  }

  #verdict(truncated: boolean): LogVerdict {
    const error = this.#tail(FRAME.systemError).bytes().toString('utf8').trim();
    const reason = error || this.#splitter.fault;
    if (reason !== undefined) return { state: 'unavailable', reason };
    return { state: truncated ? 'truncated' : 'complete' };
  }

  #tail(type: number): Tail {
    const tail = this.#tails.get(type);
    if (tail === undefined) throw new Error(`no tail for frames of type ${type}`);
    return tail;
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
