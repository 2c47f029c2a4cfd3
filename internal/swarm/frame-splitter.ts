const HEADER_BYTES = 8;
const KNOWN_TYPES: ReadonlySet<number> = new Set([1, 2, 3]);

/** Types of the frames of a log. */
export const FRAME = {
  stdout: 1,
  stderr: 2,
  /** The engine's way to say, behind an HTTP 200, that the log cannot be read (on). */
  systemError: 3,
} as const;

/** Bytes of one frame, or of a part of it. They share memory with the chunk they came in. */
export interface FramePiece {
  type: number;
  bytes: Buffer;
  /** True when the frame is whole with it. */
  isLast: boolean;
}

/**
 * Takes a log stream of the engine apart: frames of an 8-byte header (type, three zeros, length) and
 * that many bytes. Frames may be cut anywhere; nothing but a header is ever held back.
 */
export class FrameSplitter {
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerBytes = 0;
  #left = 0;
  #type = 0;
  #garbled: string | undefined;

  /** What is wrong if the stream ends here; undefined when it may. */
  get fault(): string | undefined {
    const midFrame = this.#left > 0 || this.#headerBytes > 0;
    return this.#garbled ?? (midFrame ? 'the log ended within a frame' : undefined);
  }

  /** The bytes of frames in a chunk, in order. After a frame of unknown type nothing more is found. */
  *split(chunk: Buffer): Generator<FramePiece> {
    let rest = chunk;
    while (rest.length > 0 && this.#garbled === undefined) {
      if (this.#left === 0) {
        rest = this.#takeHeader(rest);
        continue;
      }
      const bytes = rest.subarray(0, this.#left);
      this.#left -= bytes.length;
      rest = rest.subarray(bytes.length);
      yield { type: this.#type, bytes, isLast: this.#left === 0 };
    }
  }

  #takeHeader(chunk: Buffer): Buffer {
    const taken = chunk.copy(this.#header, this.#headerBytes, 0, HEADER_BYTES - this.#headerBytes);
    this.#headerBytes += taken;
    if (this.#headerBytes === HEADER_BYTES) {
      this.#headerBytes = 0;
      this.#type = this.#header.readUInt8(0);
      this.#left = this.#header.readUInt32BE(4);
      if (!KNOWN_TYPES.has(this.#type)) {
        this.#garbled = `the log has a frame of unknown type ${this.#type}`;
      }
    }
    return chunk.subarray(taken);
  }
}
