import type { Context } from '../context.ts';
import type { Column } from './column.ts';
import { terminalSafe } from './terminal-safe.ts';

/** No lines, three blanks between columns: as kubectl. */
const BORDERLESS = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid', 'middle'].flatMap((side) => [
    [side, ''],
    [`${side}-mid`, ''],
    [`${side}-left`, ''],
    [`${side}-right`, ''],
    [`mid-${side}`, ''],
    [`left-${side}`, ''],
    [`right-${side}`, ''],
  ]),
);
const GAP = 3;

export interface TableOptions {
  wide?: boolean;
  allNamespaces?: boolean;
  noHeaders?: boolean;
}

/**
 * A table that may grow: rows that are printed later stand in the columns of those before them, unless
 * they are wider.
 */
export class Table<T> {
  readonly #columns: readonly Column<T>[];
  readonly #context: Context;
  /** The longest cell of each column so far. */
  #longest: string[];
  #headers: boolean;

  constructor(context: Context, columns: readonly Column<T>[], options: TableOptions = {}) {
    const { wide = false, allNamespaces = false, noHeaders = false } = options;
    this.#context = context;
    this.#columns = columns.filter(
      (column) => (wide || !column.wide) && (allNamespaces || !column.allNamespaces),
    );
    this.#longest = this.#columns.map(({ header }) => (noHeaders ? '' : header));
    this.#headers = !noHeaders;
  }

  /** The rows as lines, below the headers the first time. */
  async lines(items: readonly T[]): Promise<string[]> {
    const now = this.#context.io.clock.now();
    const rows = items.map((item) => this.#columns.map((column) => this.#cell(column, item, now)));
    const printed = this.#headers ? [this.#columns.map(({ header }) => header), ...rows] : rows;
    this.#headers = false;
    return render(printed, this.#longest);
  }

  /** Prints the rows. */
  async print(items: readonly T[]): Promise<void> {
    for (const line of await this.lines(items)) this.#context.printLine(line);
  }

  #cell(column: Column<T>, item: T, now: number): string {
    const text = terminalSafe(column.value(item, now));
    this.#remember(column, text);
    const style = column.style?.(item);
    return style === undefined ? text : this.#context.paint(style, text);
  }

  #remember(column: Column<T>, text: string): void {
    const at = this.#columns.indexOf(column);
    if (text.length > (this.#longest[at] ?? '').length) this.#longest[at] = text;
  }
}

async function render(rows: readonly string[][], longest: readonly string[]): Promise<string[]> {
  if (rows.length === 0) return [];
  const { default: CliTable } = await import('cli-table3');
  const table = new CliTable({
    chars: BORDERLESS,
    style: { 'padding-left': 0, 'padding-right': GAP, head: [], border: [] },
  });
  // The first row is there for its widths alone, and is dropped.
  table.push([...longest], ...rows.map((row) => [...row]));
  const lines = table.toString().split('\n');
  return lines.slice(1).map((line) => line.trimEnd());
}
