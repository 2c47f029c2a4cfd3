import { readdirSync, readFileSync } from 'node:fs';
import { waitFor } from './wait.ts';

/** One process of this machine, safe against reuse of its pid and against a reboot. */
export interface ProcessRef {
  pid: number;
  /** Start time in clock ticks since boot (proc(5), field 22 of stat), `@`, the boot's id. */
  startedAt: string;
}

interface Stat {
  comm: string;
  state: string;
  parent: number;
  startedAt: string;
}

/** The process that has this pid now; undefined when there is none. */
function processRef(pid: number): ProcessRef | undefined {
  const stat = readStat(pid);
  return stat && { pid, startedAt: stat.startedAt };
}

/** @throws Error when no process has this pid. */
export function requireProcessRef(pid: number): ProcessRef {
  const ref = processRef(pid);
  if (!ref) throw new Error(`process ${pid} ended before it could be recorded`);
  return ref;
}

/** True while exactly this process runs; a zombie does not run. */
export function isAlive(ref: ProcessRef): boolean {
  const stat = readStat(ref.pid);
  return stat?.startedAt === ref.startedAt && stat.state !== 'Z' && stat.state !== 'X';
}

/** Direct children of a process, as seen from this process's PID namespace. */
export function childrenOf(pid: number, comm?: string): ProcessRef[] {
  const found: ProcessRef[] = [];
  for (const entry of readdirSync('/proc')) {
    const stat = /^\d+$/.test(entry) ? readStat(Number(entry)) : undefined;
    if (stat?.parent !== pid || stat.state === 'Z') continue;
    if (comm !== undefined && stat.comm !== comm) continue;
    found.push({ pid: Number(entry), startedAt: stat.startedAt });
  }
  return found;
}

/** Signals exactly this process; false when it had ended already. */
export function signalProcess(ref: ProcessRef, signal: NodeJS.Signals): boolean {
  if (!isAlive(ref)) return false;
  try {
    return process.kill(ref.pid, signal);
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return false;
    throw error;
  }
}

/** Signals a process (SIGKILL by default) and awaits its end; false when it had ended already. */
export async function endProcess(
  ref: ProcessRef,
  what: string,
  { signal = 'SIGKILL', timeoutMs = 20_000 }: { signal?: NodeJS.Signals; timeoutMs?: number } = {},
): Promise<boolean> {
  const signalled = signalProcess(ref, signal);
  await waitFor(() => !isAlive(ref), {
    what: `${what} (pid ${ref.pid}) to end after ${signal}`,
    timeoutMs,
    intervalMs: 10,
  });
  return signalled;
}

/** True for a system error with this code, such as `ENOENT`. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

let bootId: string | undefined;

function readStat(pid: number): Stat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ESRCH')) return undefined;
    throw error;
  }
  // The command name is in parentheses and may itself hold spaces and parentheses.
  const end = text.lastIndexOf(')');
  const fields = text.slice(end + 2).split(' ');
  const [state, parent, ticks] = [fields[0], fields[1], fields[19]];
  if (state === undefined || parent === undefined || ticks === undefined) {
    throw new Error(`/proc/${pid}/stat has an unknown form: ${text}`);
  }
  bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return {
    comm: text.slice(text.indexOf('(') + 1, end),
    state,
    parent: Number(parent),
    startedAt: `${ticks}@${bootId}`,
  };
}
