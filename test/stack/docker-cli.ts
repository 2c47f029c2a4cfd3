import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LabNode } from '../lab/node.ts';
import { cleanEnv } from '../lab/spawn.ts';

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** Settings of nobody: no login, no contexts. */
const config = mkdtempSync(join(tmpdir(), 'swarmer-docker-config-'));

/** The environment in which a person works on a node of the lab. */
export function shellOf(node: LabNode, env: Record<string, string> = {}): Record<string, string> {
  return {
    ...cleanEnv,
    DOCKER_HOST: `unix://${node.dockerSocket}`,
    DOCKER_CONFIG: config,
    // There is no buildx on a machine that has only Debian's packages.
    DOCKER_BUILDKIT: '0',
    ...env,
  };
}

/** Runs the docker command as a person at a node does. @returns stdout. @throws Error with its stderr. */
export function docker(
  node: LabNode,
  args: readonly string[],
  { env = {}, stdin = '' }: { env?: Record<string, string>; stdin?: string } = {},
): Promise<string> {
  const options = { env: shellOf(node, env), cwd: REPOSITORY, maxBuffer: 16 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    const child = execFile('docker', args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`docker ${args.join(' ')}: ${stderr || stdout || error.message}`));
    });
    // A command that reads no stdin may have ended before it was written.
    child.stdin?.on('error', () => {});
    child.stdin?.end(stdin);
  });
}
