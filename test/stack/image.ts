import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LabHandle } from '../lab/handle.ts';
import { allSettled } from '../lab/wait.ts';
import { docker, REPOSITORY } from './docker-cli.ts';

export const IMAGE = 'swarmer-stack:1';

/** Builds the image of Swarmer on every node, on the lab's node image: no registry is asked. */
export async function buildImage(lab: LabHandle): Promise<void> {
  const base = await lab.ensureImage('node');
  const context = mkdtempSync(join(tmpdir(), 'swarmer-image-'));
  try {
    const script = join(REPOSITORY, 'manifests/image-context.sh');
    await promisify(execFile)(script, [context]);
    const file = ['-f', join(REPOSITORY, 'manifests/Dockerfile'), '--build-arg', `BASE=${base}`];
    const build = ['build', '-q', ...file, '-t', IMAGE, context];
    await allSettled(lab.nodes.map((node) => docker(node, build)));
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}
