const LF = 0x0a;

/** How many lines the text has; a last one without a line feed counts. */
export function countLines(text: string): number {
  const feeds = text.split('\n').length - 1;
  return text === '' || text.endsWith('\n') ? feeds : feeds + 1;
}

/** The last `count` lines. */
export function lastLines(text: string, count: number): string {
  let at = text.endsWith('\n') ? text.length - 1 : text.length;
  if (count === 0) return '';
  for (let left = count; left > 0 && at >= 0; left--) {
    at = at === 0 ? -1 : text.lastIndexOf('\n', at - 1);
  }
  return text.slice(at + 1);
}

/** Leaves out the first lines of a stream of bytes. */
export class SkipLines {
  #left: number;

  constructor(count: number) {
    this.#left = count;
  }

  add(bytes: Uint8Array): Uint8Array {
    let from = 0;
    while (this.#left > 0) {
      const feed = bytes.indexOf(LF, from);
      if (feed === -1) return new Uint8Array();
      from = feed + 1;
      this.#left--;
    }
    return bytes.subarray(from);
  }
}
