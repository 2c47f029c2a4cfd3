import { readFileSync, readlinkSync } from 'node:fs';
import { hasCode } from './embedded-error.ts';

/**
 * One process of this machine, safe against reuse of its pid, a reboot, and the pids of other
 * containers that share the folder.
 */
export interface ProcessId {
  pid: number;
  /** Clock ticks since boot: field 22 of /proc/<pid>/stat, see proc(5). Kept over exec. */
  startedAt: string;
  bootId: string;
  pidNamespace: string;
}

/** The process that has this pid now; undefined when there is none. */
export function processId(pid: number): ProcessId | undefined {
  const stat = readStat(pid);
  return stat && { pid, startedAt: stat.startedAt, ...here() };
}

/** What can be said of a recorded process: `unknown` is one of another container. */
export function lifeOf(id: ProcessId): 'alive' | 'dead' | 'unknown' {
  const { bootId, pidNamespace } = here();
  if (id.bootId !== bootId) return 'dead';
  if (id.pidNamespace !== pidNamespace) return 'unknown';
  const stat = readStat(id.pid);
  const runs = stat?.startedAt === id.startedAt && stat.state !== 'Z' && stat.state !== 'X';
  return runs ? 'alive' : 'dead';
}

/** Signals exactly this process, never another one that has its pid by now. */
export function signalProcess(id: ProcessId, signal: NodeJS.Signals): void {
  if (lifeOf(id) !== 'alive') return;
  try {
    process.kill(id.pid, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

export function sameProcess(a: ProcessId, b: ProcessId): boolean {
  return (
    a.pid === b.pid &&
    a.startedAt === b.startedAt &&
    a.bootId === b.bootId &&
    a.pidNamespace === b.pidNamespace
  );
}

/** Reads what `JSON.stringify` wrote of a process; undefined when the text is none. */
export function parseProcessId(text: string): ProcessId | undefined {
  try {
    const { pid, startedAt, bootId, pidNamespace } = JSON.parse(text);
    const texts = [startedAt, bootId, pidNamespace].every((value) => typeof value === 'string');
    if (!Number.isInteger(pid) || !texts) return undefined;
    return { pid, startedAt, bootId, pidNamespace };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

function here(): { bootId: string; pidNamespace: string } {
  return {
    bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    pidNamespace: readlinkSync('/proc/self/ns/pid'),
  };
}

function readStat(pid: number): { state: string; startedAt: string } | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ESRCH')) return undefined;
    throw error;
  }
  // The command name is in parentheses and may itself hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, startedAt] = [fields[0], fields[19]];
  if (state === undefined || startedAt === undefined) {
    throw new Error(`/proc/${pid}/stat has an unknown form: ${text}`);
  }
  return { state, startedAt };
}
