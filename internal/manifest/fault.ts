import { printable } from './printable.ts';

/** A place in a file; both count from 1, columns in UTF-16 code units as editors do. */
export interface Position {
  line: number;
  column: number;
}

/** One thing that is wrong with a manifest, and where. Its texts are safe for a terminal. */
export interface ManifestFault extends Position {
  /** Name of the file. */
  source: string;
  /** For example `spec.tasks[3].name`; absent for a file or a document as a whole. */
  path?: string;
  message: string;
}

/** The fault as one line: `job.yaml:12:5: spec.image: is required and must be …`. */
export function formatFault({ source, line, column, path, message }: ManifestFault): string {
  const what = path === undefined ? message : `${path}: ${message}`;
  return printable(`${source}:${line}:${column}: ${what}`);
}

export function byPosition(a: Position, b: Position): number {
  return a.line - b.line || a.column - b.column;
}
