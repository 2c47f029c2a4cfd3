import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasCode } from './embedded-error.ts';

/** File systems that are views of the kernel, by the number that statfs(2) tells. */
const OF_THE_KERNEL: ReadonlyMap<number, string> = new Map([
  [0x9fa0, 'proc'],
  [0x62656572, 'sysfs'],
  [0x63677270, 'cgroup2'],
  [0x27e0eb, 'cgroup'],
  [0x64626720, 'debugfs'],
  [0x74726163, 'tracefs'],
  [0x73636673, 'securityfs'],
  [0x1cd1, 'devpts'],
  [0x6165676c, 'pstore'],
]);

/**
 * Why no file can be made at a path, when it is in a file system of the kernel's. Asked before a directory is made:
 * `mkdir` of Node with `recursive` never ends there, as each try says that a parent is missing.
 * @returns undefined when it is in no such one, or that cannot be told.
 */
export function kernelPathProblem(path: string): string | undefined {
  try {
    const kind = OF_THE_KERNEL.get(statfsSync(path).type);
    return kind === undefined ? undefined : `it is in ${kind}, which keeps no files`;
  } catch (error) {
    const parent = dirname(path);
    const isMissing = hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR');
    return isMissing && parent !== path ? kernelPathProblem(parent) : undefined;
  }
}
