const LF = 0x0a;

/** A line of this length is passed on although its end has not come. */
const LONGEST_LINE = 64 * 1024;

/**
 * Cuts a stream of bytes into lines, so that those of several tasks do not run into each other.
 * A last line without a line feed gets one.
 */
export class WholeLines {
  readonly #prefix: Uint8Array;
  #partial: Uint8Array[] = [];
  #length = 0;

  /** @param prefix put before each line. */
  constructor(prefix = '') {
    this.#prefix = Buffer.from(prefix);
  }

  /** The lines that are whole now. */
  add(bytes: Uint8Array): Uint8Array {
    const end = bytes.lastIndexOf(LF) + 1;
    const done = end === 0 ? [] : [...this.#take(), bytes.subarray(0, end)];
    const rest = bytes.subarray(end);
    if (rest.length > 0) this.#partial.push(rest);
    this.#length += rest.length;
    const lines = this.#prefixed(Buffer.concat(done));
    return this.#length > LONGEST_LINE ? Buffer.concat([lines, this.end()]) : lines;
  }

  /** What is left. */
  end(): Uint8Array {
    if (this.#length === 0) return new Uint8Array();
    return this.#prefixed(Buffer.concat([...this.#take(), Uint8Array.of(LF)]));
  }

  #take(): Uint8Array[] {
    const taken = this.#partial;
    this.#partial = [];
    this.#length = 0;
    return taken;
  }

  #prefixed(lines: Uint8Array): Uint8Array {
    if (this.#prefix.length === 0) return lines;
    const parts: Uint8Array[] = [];
    for (let from = 0; from < lines.length; ) {
      const to = lines.indexOf(LF, from) + 1;
      parts.push(this.#prefix, lines.subarray(from, to));
      from = to;
    }
    return Buffer.concat(parts);
  }
}
