import type { FileAccess, FileInfo } from '../manifest/index.ts';

/**
 * A file system in which what cannot be read below `root` is left out, and told: one bad entry must not
 * keep the others from being applied.
 * @param note is called with a sentence for each entry that is left out.
 * @param listed is called with each directory that is looked through.
 */
export function lenientFiles(
  files: FileAccess,
  root: string,
  { note, listed }: { note: (line: string) => void; listed: (directory: string) => void },
): FileAccess {
  const leaveOut = (path: string, why: string): FileInfo => {
    note(`${path}: ${why}; it is left out`);
    return { kind: 'other', id: `left-out:${path}` };
  };
  return {
    async info(path) {
      if (path === root) return files.info(path);
      try {
        return (await files.info(path)) ?? leaveOut(path, 'this link leads nowhere');
      } catch (error) {
        return leaveOut(path, `cannot be read: ${(error as Error).message}`);
      }
    },
    realPath: (path) => files.realPath(path),
    async list(directory) {
      listed(directory);
      if (directory === root) return files.list(directory);
      return files.list(directory).catch((error: Error) => {
        leaveOut(directory, `cannot be read: ${error.message}`);
        return [];
      });
    },
    read: (path, most) => files.read(path, most),
    readStdin: () => files.readStdin(),
  };
}
