import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { cleanEnv } from './spawn.ts';
import { lockFile } from './state.ts';

const TIMEOUT_SECONDS = 120;

/**
 * Runs `work` while no other process of this machine runs under this lock: claiming a lab's number
 * and removing leftovers exclude each other. The kernel frees the lock when its holder dies, however
 * it dies. A file, unlike an abstract socket, is one for all network namespaces.
 */
export async function withLock<T>(work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(lockFile), { recursive: true });
  const file = openSync(lockFile, 'w');
  try {
    await lock(file);
    return await work();
  } finally {
    closeSync(file);
  }
}

/** The lock is of the open file, which this process and the command share: it outlives the command. */
async function lock(file: number): Promise<void> {
  const command = ['--timeout', String(TIMEOUT_SECONDS), '3'];
  const child = spawn('flock', command, {
    env: cleanEnv,
    stdio: ['ignore', 'ignore', 'inherit', file],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code === 0) return;
  throw new Error(
    `no lock of ${lockFile} in ${TIMEOUT_SECONDS} s: another process starts or cleans labs`,
  );
}
