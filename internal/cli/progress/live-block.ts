import type { OutStream } from '../io.ts';

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';
const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

/** Lines at the end of a terminal that are drawn again and again in the same place. */
export class LiveBlock {
  readonly #stream: OutStream;
  #lines: readonly string[] = [];
  #hidden = false;

  constructor(stream: OutStream) {
    this.#stream = stream;
  }

  /** Longest line that does not wrap: the last column stays free, some terminals wrap at it. */
  get width(): number {
    return this.#columns - 1;
  }

  /** How many lines can be drawn again: what has scrolled away cannot. */
  get height(): number {
    return Math.max(1, (this.#stream.rows || DEFAULT_ROWS) - 1);
  }

  /** Draws the lines where the last ones were. */
  draw(lines: readonly string[]): void {
    const start = this.#hidden ? '' : HIDE_CURSOR;
    this.#hidden = true;
    const text = lines.map((line) => `${line}${CLEAR_LINE}\n`).join('');
    this.#write(`${start}${this.#toTop()}${text}${CLEAR_BELOW}`);
    this.#lines = lines;
  }

  /** Leaves the lines as they are and gives the cursor back. */
  close(): void {
    if (this.#hidden) this.#write(SHOW_CURSOR);
    this.#hidden = false;
  }

  get #columns(): number {
    return this.#stream.columns || DEFAULT_COLUMNS;
  }

  /** Lines wrap when the terminal has become narrower. */
  #toTop(): string {
    const rowsOf = (line: string) => Math.max(1, Math.ceil(line.length / this.#columns));
    const rows = this.#lines.reduce((sum, line) => sum + rowsOf(line), 0);
    return rows === 0 ? '' : `\u001b[${rows}A\r`;
  }

  #write(text: string): void {
    if (this.#stream.writable) this.#stream.write(text);
  }
}
