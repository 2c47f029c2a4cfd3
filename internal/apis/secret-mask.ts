import type { Output } from './output.ts';

const STAR = 0x2a;
/** Characters of a secret that may be left of it at an edge: too few to find the others by trying. */
const HARMLESS = 7;

/**
 * Puts stars in place of a secret, in the bytes themselves; their number stays. What is left of it where the
 * bytes were cut, at either end, is covered too.
 */
export function maskSecret(bytes: Buffer, secret: string): void {
  maskWhole(bytes, secret);
  const atStart = longest(secret, bytes.length, (length) =>
    bytes.subarray(0, length).equals(Buffer.from(secret.slice(-length))),
  );
  if (atStart > HARMLESS) bytes.fill(STAR, 0, atStart);
  const atEnd = begunAtEnd(bytes, secret);
  if (atEnd > HARMLESS) bytes.fill(STAR, bytes.length - atEnd);
}

/** The same for both streams of an output. @returns the output. */
export function maskOutput(output: Output, secret: string): Output {
  maskSecret(output.stdout, secret);
  maskSecret(output.stderr, secret);
  return output;
}

/** The same for a text, such as a message. */
export function withoutSecret(text: string, secret: string): string {
  return text.replaceAll(secret, '*'.repeat(secret.length));
}

/**
 * Masks a secret in a stream whose bytes come in pieces: what may be the beginning of it waits for the next
 * piece, at most as many bytes as it has. Every byte keeps its place.
 */
export class SecretMask {
  readonly #secret: string;
  #held = Buffer.alloc(0);

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** @param bytes are changed. @returns what may be shown, which begins with what was held back. */
  push(bytes: Buffer): Buffer {
    const all = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    maskWhole(all, this.#secret);
    const shown = all.length - begunAtEnd(all, this.#secret);
    this.#held = Buffer.from(all.subarray(shown));
    return all.subarray(0, shown);
  }

  /** There is no more for now. @returns what was held back. */
  flush(): Buffer {
    const held = this.#held;
    this.#held = Buffer.alloc(0);
    maskSecret(held, this.#secret);
    return held;
  }
}

function maskWhole(bytes: Buffer, secret: string): void {
  for (let at = bytes.indexOf(secret); at !== -1; at = bytes.indexOf(secret, at + secret.length)) {
    bytes.fill(STAR, at, at + secret.length);
  }
}

/** How many of the last bytes are the first of the secret, without being all of it. */
function begunAtEnd(bytes: Buffer, secret: string): number {
  return longest(secret, bytes.length, (length) =>
    bytes.subarray(bytes.length - length).equals(Buffer.from(secret.slice(0, length))),
  );
}

function longest(secret: string, most: number, matches: (length: number) => boolean): number {
  for (let length = Math.min(secret.length - 1, most); length > 0; length--) {
    if (matches(length)) return length;
  }
  return 0;
}
