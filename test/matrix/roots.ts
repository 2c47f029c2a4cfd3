import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { run } from '../lab/spawn.ts';
import { type EngineChoice, PACKAGES, type RedisChoice, type System } from './suites.ts';

/** Kept for later runs: some 400 MB for each suite. `rm -r` removes it. */
export const MATRIX_DIR = '/var/tmp/swarmer-matrix';
const MAKE_ROOT = fileURLToPath(new URL('make-root.sh', import.meta.url));

/** Makes the folders of the suites that are missing. */
export async function makeRoots(systems: readonly System[]): Promise<void> {
  const suites = new Set(systems.flatMap(({ suite }) => suite ?? []));
  for (const suite of suites) {
    if (existsSync(rootOf(suite))) continue;
    process.stderr.write(`matrix: making ${rootOf(suite)} by debootstrap, some minutes\n`);
    const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };
    await promisify(execFile)(MAKE_ROOT, [suite, rootOf(suite), PACKAGES], { env });
  }
}

/** Settings of the lab for an engine. */
export function engineEnv({ suite }: EngineChoice): Record<string, string> {
  return suite === undefined ? {} : { SWARMER_LAB_ENGINE_ROOT: rootOf(suite) };
}

/**
 * Settings of the lab for a Redis: a folder whose `redis-server` is that program, run by the loader and
 * with the libraries of its own system, so that it sees this machine's files.
 */
export function redisEnv({ name, suite, program }: RedisChoice): Record<string, string> {
  if (suite === undefined) return {};
  const root = rootOf(suite);
  const folder = join(MATRIX_DIR, 'bin', name.toLowerCase().replace(' ', '-'));
  mkdirSync(folder, { recursive: true });
  const loader = join(root, 'usr/lib64/ld-linux-x86-64.so.2');
  const libraries = join(root, 'usr/lib/x86_64-linux-gnu');
  const command = [loader, '--library-path', libraries, join(root, 'usr/bin', program)].join(' ');
  const file = join(folder, 'redis-server');
  writeFileSync(file, `#!/bin/sh\nexec ${command} "$@"\n`);
  chmodSync(file, 0o755);
  // The tests themselves look for it too, as a server would.
  return { SWARMER_LAB_PATH: folder, PATH: `${folder}:${process.env['PATH']}` };
}

/** The version of an engine, such as `20.10.24`. */
export async function engineVersion({ suite }: EngineChoice): Promise<string> {
  const text = await run(...inSystem(suite, 'dockerd', ['--version']));
  return /(\d+\.\d+\.\d+)/.exec(text)?.[1] ?? text.trim();
}

/** The version of a Redis, such as `7.0.15`. */
export async function redisVersion({ suite, program }: RedisChoice): Promise<string> {
  const text = await run(...inSystem(suite, program, ['--version']));
  return /v=(\d+\.\d+\.\d+)/.exec(text)?.[1] ?? text.trim();
}

function inSystem(suite: string | undefined, program: string, args: string[]): [string, string[]] {
  return suite === undefined ? [program, args] : ['chroot', [rootOf(suite), program, ...args]];
}

function rootOf(suite: string): string {
  return join(MATRIX_DIR, suite);
}
