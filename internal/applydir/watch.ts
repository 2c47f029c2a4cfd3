import { watch } from 'node:fs';

/**
 * Watches the entries of one directory, not those below it.
 * @param changed is called when something may have changed; some changes go unnoticed.
 * @param failed is called when it cannot be watched, or no longer; never throws.
 * @returns what ends it.
 */
export type Watch = (
  directory: string,
  changed: () => void,
  failed: (error: Error) => void,
) => () => void;

/** By the file system's own events. */
export const watchDirectory: Watch = (directory, changed, failed) => {
  try {
    const watcher = watch(directory, { persistent: false }, changed);
    watcher.on('error', failed);
    return () => watcher.close();
  } catch (error) {
    failed(error as Error);
    return () => undefined;
  }
};
