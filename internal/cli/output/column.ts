import type { Style } from './style.ts';

/** One column of a table of `T`. */
export interface Column<T> {
  header: string;
  /** The cell; need not be safe for a terminal. `now` is in Unix ms. */
  value(item: T, now: number): string;
  /** With `-o wide` alone. */
  wide?: boolean;
  /** With `-A` alone. */
  allNamespaces?: boolean;
  /** Colour of the cell. */
  style?(item: T): Style | undefined;
}
