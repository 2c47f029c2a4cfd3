import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hasCode } from './embedded-error.ts';
import { lifeOf, type ProcessId, parseProcessId, sameProcess } from './embedded-process.ts';

/** Says whether an owner that lives in another container still does. */
export type AskUnknown = (owner: ProcessId) => Promise<boolean>;

/**
 * Takes a lock file for a process. The file appears whole or not at all, and stays when its owner is
 * killed; then it is taken over.
 *
 * A takeover itself is fought for by a further lock, named after the dead owner: without it, a slow
 * contender could remove the new lock of a fast one. Whoever wins it looks again before replacing.
 *
 * @returns undefined when it was taken, else its living owner.
 */
export async function takeLock(
  path: string,
  self: ProcessId,
  ask: AskUnknown,
): Promise<ProcessId | undefined> {
  for (;;) {
    if (create(path, self)) return undefined;
    const owner = readLock(path);
    if (owner === undefined) continue;
    if (await lives(owner, ask)) return owner;
    const successor = `${path}.${owner.pid}-${owner.startedAt}`;
    const rival = await takeLock(successor, self, ask);
    if (rival !== undefined) return rival;
    const current = readLock(path);
    const stillDead = current !== undefined && sameProcess(current, owner);
    if (stillDead) replace(path, self);
    rmSync(successor, { force: true });
    if (stillDead) return undefined;
  }
}

/** Gives the lock up, if it still is this process's. */
export function releaseLock(path: string, self: ProcessId): void {
  const owner = readLock(path);
  if (owner !== undefined && sameProcess(owner, self)) rmSync(path, { force: true });
}

async function lives(owner: ProcessId, ask: AskUnknown): Promise<boolean> {
  const life = lifeOf(owner);
  return life === 'unknown' ? ask(owner) : life === 'alive';
}

/** A link, unlike a file opened with `wx`, is never seen half written. */
function create(path: string, self: ProcessId): boolean {
  const draft = writeDraft(path, self);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function replace(path: string, self: ProcessId): void {
  renameSync(writeDraft(path, self), path);
}

function writeDraft(path: string, self: ProcessId): string {
  const draft = `${path}.draft-${randomUUID()}`;
  writeFileSync(draft, `${JSON.stringify(self)}\n`, { mode: 0o600 });
  return draft;
}

/** Undefined when there is no lock. A file that is none of ours counts as a dead owner's. */
function readLock(path: string): ProcessId | undefined {
  try {
    const owner = parseProcessId(readFileSync(path, 'utf8'));
    return owner ?? { pid: 0, startedAt: 'unreadable', bootId: '', pidNamespace: '' };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
