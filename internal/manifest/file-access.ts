import { printable } from './printable.ts';

/** What is at a path, symbolic links followed. */
export interface FileInfo {
  kind: 'file' | 'directory' | 'other';
  /** The same for two paths that lead to the same file or directory. */
  id: string;
}

/** The file system and standard input, as far as manifests are read from them. */
export interface FileAccess {
  /** @returns undefined when there is nothing. */
  info(path: string): Promise<FileInfo | undefined>;
  /** The path without symbolic links; undefined when there is nothing. */
  realPath(path: string): Promise<string | undefined>;
  /** The names in a directory, in any order. */
  list(directory: string): Promise<string[]>;
  /** The contents of a file, of which only the first `most` bytes need be there. */
  read(path: string, most: number): AsyncIterable<Uint8Array | string>;
  readStdin(): AsyncIterable<Uint8Array | string>;
}

/**
 * Manifests cannot be found or read. The message names the path, says what to do, and is safe for a
 * terminal.
 */
export class ManifestFileError extends Error {
  override name = 'ManifestFileError';

  constructor(message: string, options?: ErrorOptions) {
    super(printable(message), options);
  }
}
