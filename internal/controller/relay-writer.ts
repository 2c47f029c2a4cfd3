import type { LogChunk, LogRelayStore } from '../store/index.ts';
import { RelayBudget } from './relay-budget.ts';

interface RelayWriterOptions {
  logs: LogRelayStore;
  uid: string;
  index: number;
  attempt: number;
  /** A write failed: what it had is to be brought again. */
  onFailure?: () => void;
}

/** Bytes of one stream that follow each other. */
interface Run {
  stream: LogChunk['stream'];
  offset: number;
  parts: Buffer[];
  length: number;
}

/** Most bytes of one entry of a relay. */
const MAX_ENTRY_BYTES = 64 * 1024;
/** Bytes that may wait to be written before whoever brings them has to wait. */
const MAX_WAITING_BYTES = 256 * 1024;

/** Writes the log of one attempt into its relay. What comes during a write is written together. */
export class RelayWriter {
  readonly #options: RelayWriterOptions;
  readonly #budget = new RelayBudget();
  /** Up to where each stream was taken, and is known to be in the relay. */
  readonly #taken = { stdout: 0, stderr: 0 };
  readonly #written = { stdout: 0, stderr: 0 };
  #waiting: Run[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;
  #failure: { error: unknown } | undefined;

  constructor(options: RelayWriterOptions) {
    this.#options = options;
  }

  /**
   * Takes bytes, less those that it was given before.
   * @param offset place of the first of them in all that the attempt has written to the stream.
   * @returns a promise when too much waits: bring more when it resolves.
   * @throws StoreError of an earlier write that failed, once: what it had is to be brought again.
   */
  take(stream: LogChunk['stream'], offset: number, bytes: Buffer): void | Promise<void> {
    this.#throwFailure();
    const end = offset + bytes.length;
    for (let at = Math.max(offset, this.#taken[stream]); at < end; ) {
      const part = bytes.subarray(at - offset, at - offset + MAX_ENTRY_BYTES);
      this.#add(stream, at, part);
      at += part.length;
      this.#taken[stream] = at;
    }
    if (this.#waiting.length === 0) return undefined;
    this.#writing ??= this.#write();
    return this.#waitingBytes > MAX_WAITING_BYTES ? this.flushed() : undefined;
  }

  /** Resolves when all that was taken is written. @throws StoreError as `take`. */
  async flushed(): Promise<void> {
    await this.#writing;
    this.#throwFailure();
  }

  #add(stream: LogChunk['stream'], offset: number, part: Buffer): void {
    this.#waitingBytes += part.length;
    const last = this.#waiting.at(-1);
    const follows = last?.stream === stream && last.offset + last.length === offset;
    if (last === undefined || !follows || last.length + part.length > MAX_ENTRY_BYTES) {
      this.#waiting.push({ stream, offset, parts: [part], length: part.length });
    } else {
      last.parts.push(part);
      last.length += part.length;
    }
  }

  /** Never rejects: a failure is told to who brings bytes next. */
  async #write(): Promise<void> {
    try {
      while (this.#waiting.length > 0) await this.#writeBatch();
    } catch (error) {
      this.#waiting = [];
      this.#waitingBytes = 0;
      Object.assign(this.#taken, this.#written);
      this.#failure = { error };
      this.#options.onFailure?.();
    } finally {
      this.#writing = undefined;
    }
  }

  async #writeBatch(): Promise<void> {
    const { logs, uid, index, attempt } = this.#options;
    const [batch, bytes] = [this.#waiting, this.#waitingBytes];
    this.#waiting = [];
    this.#waitingBytes = 0;
    const chunks = batch.map(({ parts, stream, offset }) => {
      return { attempt, stream, offset, data: Buffer.concat(parts) };
    });
    const lastId = await logs.appendLog(uid, index, chunks);
    for (const { stream, offset, length } of batch) this.#written[stream] = offset + length;
    const before = this.#budget.add(lastId, batch.length, bytes);
    if (before !== undefined) await logs.trimLog(uid, index, before);
  }

  #throwFailure(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
  }
}
