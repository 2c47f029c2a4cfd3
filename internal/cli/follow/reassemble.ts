export type StreamName = 'stdout' | 'stderr';

/** A piece of a stream as the server sent it. */
export interface Chunk {
  attempt: number;
  stream: StreamName;
  /** Of its first byte in what the attempt wrote to the stream. */
  offset: number;
  bytes: Uint8Array;
}

/** What is new in a chunk. */
export interface Fresh {
  /** Bytes that were written before these and never came: the server no longer had them. */
  missing: number;
  bytes: Uint8Array;
}

/**
 * Puts a task's streams together from chunks that may overlap: after a lost connection the server
 * begins again. Each byte of an attempt is passed on once, in order.
 */
export class Reassembly {
  #attempt = 0;
  readonly #next = new Map<StreamName, number>();

  /** @returns undefined when the chunk has nothing that was not there before. */
  add({ attempt, stream, offset, bytes }: Chunk): Fresh | undefined {
    if (attempt < this.#attempt) return undefined;
    if (attempt > this.#attempt) this.begin(attempt);
    const next = this.#next.get(stream) ?? 0;
    const fresh = bytes.subarray(Math.max(0, next - offset));
    if (fresh.length === 0) return undefined;
    this.#next.set(stream, offset + bytes.length);
    return { missing: Math.max(0, offset - next), bytes: fresh };
  }

  /**
   * Notes that an attempt begins.
   * @returns false when that was known.
   */
  begin(attempt: number): boolean {
    if (attempt <= this.#attempt) return false;
    this.#attempt = attempt;
    this.#next.clear();
    return true;
  }
}
