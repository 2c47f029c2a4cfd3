import { watch } from 'node:fs';
import { join } from 'node:path';

/** An entry of a directory was made, moved there or away; or it was written to, or its times or rights set. */
export type FileEvent = 'placed' | 'written';

/**
 * Watches the entries of one directory, not those below it.
 * @param changed is called when something may have changed; some changes go unnoticed.
 * @param failed is called when it cannot be watched, or no longer; never throws.
 * @param told is called before that with what became of which entry, where it is known.
 * @returns what ends it.
 */
export type Watch = (
  directory: string,
  changed: () => void,
  failed: (error: Error) => void,
  told?: (path: string, event: FileEvent) => void,
) => () => void;

/**
 * By the file system's own events. Only those of Linux tell of an entry and of each write to it apart (libuv:
 * `rename` is all but IN_MODIFY and IN_ATTRIB); elsewhere one event may stand for both.
 */
export const watchDirectory: Watch = (directory, changed, failed, told) => {
  try {
    const watcher = watch(directory, { persistent: false }, (type, name) => {
      const placed = type === 'rename' && process.platform === 'linux';
      if (name !== null) told?.(join(directory, name), placed ? 'placed' : 'written');
      changed();
    });
    watcher.on('error', failed);
    return () => watcher.close();
  } catch (error) {
    failed(error as Error);
    return () => undefined;
  }
};
