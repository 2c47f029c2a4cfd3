const FIRST_CAPACITY = 4096;

/**
 * The last `limit` bytes of a stream, in a ring that grows as it is needed and never beyond `limit`:
 * memory does not depend on how much is pushed, nor in how small pieces.
 */
export class Tail {
  readonly limit: number;
  #ring = Buffer.alloc(0);
  /** Where the next byte goes. */
  #end = 0;
  /** How many bytes of the ring are in use. */
  #size = 0;
  #total = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Bytes pushed so far, kept or not. */
  get totalBytes(): number {
    return this.#total;
  }

  get truncated(): boolean {
    return this.#total > this.#size;
  }

  /** Copies what it keeps of `chunk`. */
  push(chunk: Buffer): void {
    this.#total += chunk.length;
    const kept = chunk.subarray(Math.max(0, chunk.length - this.limit));
    if (kept.length === 0) return;
    this.#grow(Math.min(this.limit, this.#size + kept.length));
    const untilEdge = kept.copy(this.#ring, this.#end);
    kept.copy(this.#ring, 0, untilEdge);
    this.#end = (this.#end + kept.length) % this.#ring.length;
    this.#size = Math.min(this.#ring.length, this.#size + kept.length);
  }

  /** The kept bytes in order, as a copy. */
  bytes(): Buffer {
    const start = this.#end - this.#size;
    if (start >= 0) return Buffer.from(this.#ring.subarray(start, this.#end));
    return Buffer.concat([this.#ring.subarray(start), this.#ring.subarray(0, this.#end)]);
  }

  #grow(needed: number): void {
    if (needed <= this.#ring.length) return;
    const capacity = Math.max(needed, FIRST_CAPACITY, this.#ring.length * 2);
    const next = Buffer.alloc(Math.min(this.limit, capacity));
    this.bytes().copy(next);
    this.#ring = next;
    this.#end = this.#size;
  }
}
