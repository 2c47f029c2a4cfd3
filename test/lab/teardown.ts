import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { removeCgroups } from './cgroups.ts';
import { removeLinks } from './network.ts';
import { childrenOf, endProcess, isAlive, type ProcessRef } from './process.ts';
import { run } from './spawn.ts';
import { type LabNames, type ProcessRecord, readProcesses } from './state.ts';

/**
 * Removes all of a lab: processes, links, mounts, cgroups and at last its folder, which frees its
 * number. Every step may find its work done already. Returns a line per thing removed.
 *
 * @throws Error when something cannot be removed; the folder stays then, for the next attempt.
 */
export async function tearDown(lab: LabNames): Promise<string[]> {
  const removed = await endProcesses(lab);
  for (const link of await removeLinks(lab)) removed.push(`link ${link}`);
  for (const mount of mountsBelow(lab.dir)) {
    await run('umount', [mount]);
    removed.push(`mount ${mount}`);
  }
  for (const cgroup of await removeCgroups(lab)) removed.push(`cgroup ${cgroup}`);
  if (existsSync(lab.dir)) {
    await rm(lab.dir, { recursive: true, force: true });
    removed.push(`folder ${lab.dir}`);
  }
  return removed;
}

/**
 * A node's init first: all in its PID namespace dies with it, and its supervisor, which would hand
 * it to the machine's init otherwise, reaps it.
 */
async function endProcesses(lab: LabNames): Promise<string[]> {
  const records = readProcesses(lab.dir);
  const supervisors = records.filter(({ role }) => role === 'node supervisor');
  const others = records.filter(({ role }) => role !== 'node supervisor');
  const inits = supervisors.filter(isAlive).flatMap(({ pid }) => childrenOf(pid));
  const end = async (ref: ProcessRef, name: string) =>
    (await endProcess(ref, `${name} of ${lab.id}`)) ? [`process ${name} (pid ${ref.pid})`] : [];
  const ended = await Promise.all([
    ...others.map((record: ProcessRecord) => end(record, record.name)),
    ...inits.map((init) => end(init, 'init')),
  ]);
  const endedLast = await Promise.all(supervisors.map((record) => end(record, record.name)));
  return [...new Set([...ended, ...endedLast].flat())];
}

/** Mount points of this mount namespace below a folder, innermost first. */
function mountsBelow(dir: string): string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').trimEnd().split('\n');
  const points = lines.map((line) => line.split(' ')[4] ?? '');
  return points.filter((point) => point.startsWith(`${dir}/`)).reverse();
}
