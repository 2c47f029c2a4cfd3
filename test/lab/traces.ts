import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { hasCode } from './process.ts';
import { run } from './spawn.ts';

/** What of a lab is on this machine, looked up apart from the code that removes it. */
export interface Traces {
  processes: string[];
  links: string[];
  mounts: string[];
  cgroups: string[];
  folders: string[];
}

export const noTraces: Traces = { processes: [], links: [], mounts: [], cgroups: [], folders: [] };

/** `netns`: the network namespaces of the lab's nodes, see {@link netnsOf}. */
export async function tracesOf(lab: { dir: string; netns: string[] }): Promise<Traces> {
  const number = basename(lab.dir).replace('lab', '');
  const links = readdirSync('/sys/class/net').filter((name) => name.startsWith(`swl${number}-`));
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  // Other labs' groups may go while it looks.
  const looking = ['/sys/fs/cgroup', '-ignore_readdir_race'];
  const cgroups = await run('find', [...looking, '-name', `swarmer-lab-${number}-*`]);
  return {
    processes: processesOf(lab),
    links,
    mounts: mounts.filter((line) => [`${lab.dir}/`, ...lab.netns].some((it) => line.includes(it))),
    cgroups: cgroups.split('\n').filter((line) => line !== ''),
    folders: existsSync(lab.dir) ? [lab.dir] : [],
  };
}

/** The network namespace of a process, as `net:[4026532000]`. */
export function netnsOf(pid: number): string {
  return readlinkSync(`/proc/${pid}/ns/net`);
}

/** Processes in the lab's network namespaces and those that name its folder in their arguments. */
function processesOf({ dir, netns }: { dir: string; netns: string[] }): string[] {
  return readdirSync('/proc').filter((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      const line = readFileSync(`/proc/${entry}/cmdline`, 'utf8');
      return line.includes(`${dir}/`) || netns.includes(netnsOf(Number(entry)));
    } catch (error) {
      // It ended meanwhile, is a zombie, which has no links, or is shut to us: ours never are.
      if (['ENOENT', 'ESRCH', 'EACCES'].some((code) => hasCode(error, code))) return false;
      throw error;
    }
  });
}
