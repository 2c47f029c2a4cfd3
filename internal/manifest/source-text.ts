import { LineCounter } from 'yaml';
import type { ManifestFault, Position } from './fault.ts';
import { printable } from './printable.ts';

/** A file's text, and which line and column an offset of it is on. */
export class SourceText {
  readonly text: string;
  readonly name: string;
  #lines: LineCounter | undefined;

  constructor(text: string, name: string) {
    this.text = text;
    this.name = name;
  }

  /** @param offset counted in UTF-16 code units from 0. */
  position(offset: number): Position {
    this.#lines ??= linesOf(this.text);
    const { line, col } = this.#lines.linePos(Math.min(offset, this.text.length));
    return { line, column: col };
  }

  fault(at: number | Position, message: string, path?: string): ManifestFault {
    const place = typeof at === 'number' ? this.position(at) : at;
    return {
      source: this.name,
      ...place,
      ...(path === undefined || path === 'body' ? {} : { path: printable(path) }),
      message: printable(message),
    };
  }
}

/** Made when the first position is asked for: a good file never needs it. */
function linesOf(text: string): LineCounter {
  const lines = new LineCounter();
  for (let start = 0; start !== -1; ) {
    lines.addNewLine(start);
    const end = text.indexOf('\n', start);
    start = end === -1 ? -1 : end + 1;
  }
  return lines;
}
