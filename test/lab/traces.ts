import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { hasCode } from './process.ts';
import { run } from './spawn.ts';
import { readProcesses } from './state.ts';

/** What of a lab is on this machine, looked up apart from the code that removes it. */
export interface Traces {
  processes: string[];
  links: string[];
  mounts: string[];
  cgroups: string[];
  folders: string[];
}

export const noTraces: Traces = { processes: [], links: [], mounts: [], cgroups: [], folders: [] };

/** Where to look for a lab: its folder, and the namespaces of its bridge and nodes, as `net:[4026532000]`. */
export interface Whereabouts {
  dir: string;
  netns: string[];
}

/** Of a running lab. */
export function whereaboutsOf(dir: string): Whereabouts {
  const holders = readProcesses(dir).filter(
    ({ role }) => role === 'node init' || role === 'network',
  );
  return { dir, netns: holders.map(({ pid }) => netnsOf(pid)) };
}

export async function tracesOf(lab: Whereabouts): Promise<Traces> {
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

function netnsOf(pid: number): string {
  return readlinkSync(`/proc/${pid}/ns/net`);
}

/** Processes in the lab's network namespaces and those that name its folder in their arguments. */
function processesOf({ dir, netns }: Whereabouts): string[] {
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
