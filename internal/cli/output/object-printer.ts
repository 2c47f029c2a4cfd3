import type { Context } from '../context.ts';
import type { Column } from './column.ts';
import type { Format } from './format.ts';
import { type Named, printData } from './print-data.ts';
import { Table, type TableOptions } from './table.ts';

/** What a list is printed as: rows while pages come in, or one document at the end. */
export class ObjectPrinter<T extends object> {
  readonly #context: Context;
  readonly #format: Format;
  readonly #table: Table<T>;
  readonly #items: T[] = [];
  #count = 0;

  constructor(
    context: Context,
    format: Format,
    columns: readonly Column<T>[],
    options: TableOptions = {},
  ) {
    this.#context = context;
    this.#format = format;
    const wide = format.kind === 'table' && format.wide;
    this.#table = new Table(context, columns, { ...options, wide });
  }

  /** How many objects there were. */
  get count(): number {
    return this.#count;
  }

  /** Takes more objects: rows are printed at once. */
  async add(items: readonly T[]): Promise<void> {
    this.#count += items.length;
    if (this.#format.kind !== 'table') this.#items.push(...items);
    else if (items.length > 0) await this.#table.print(items);
  }

  /** Prints what cannot be printed piece by piece. `document` makes it of all objects. */
  async end(document: (items: T[]) => Named): Promise<void> {
    if (this.#format.kind !== 'table') {
      await printData(this.#context, this.#format, document(this.#items));
    }
  }

  /** Prints objects by themselves, as watches do: every one is a document of its own. */
  async each(items: readonly T[]): Promise<void> {
    if (this.#format.kind === 'table') return this.add(items);
    for (const item of items) await printData(this.#context, this.#format, item);
  }
}
