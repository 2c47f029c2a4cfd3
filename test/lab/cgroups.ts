import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from './process.ts';
import type { LabNames } from './state.ts';
import { waitFor } from './wait.ts';

const cgroupRoot = '/sys/fs/cgroup';

/** The lab's top-level cgroup folders: one per node and, with cgroup v1, per controller. */
function labCgroups(lab: LabNames): string[] {
  const hierarchies = [cgroupRoot, ...folders(cgroupRoot)];
  return hierarchies.flatMap((dir) =>
    folders(dir).filter((path) => path.startsWith(join(dir, lab.cgroupPrefix))),
  );
}

/** Removes them with all below them and returns their paths. Their processes must have ended. */
export async function removeCgroups(lab: LabNames): Promise<string[]> {
  const roots = labCgroups(lab);
  for (const root of roots) {
    await waitFor(() => removeTree(root), { what: `cgroup ${root} to be free of processes` });
  }
  return roots;
}

function removeTree(dir: string): boolean {
  if (!existsSync(dir)) return true;
  for (const child of folders(dir)) removeTree(child);
  rmdirSync(dir);
  return true;
}

function folders(dir: string): string[] {
  try {
    return readdirSync(dir, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(dir, entry.name));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}
