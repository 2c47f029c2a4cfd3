import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { injectLab } from '../lab/inject.ts';
import { served } from '../support/served.ts';
import { Swarmerctl } from './swarmerctl.ts';

/** A server on the lab's swarm until the calling test file ends, and swarmerctl pointed to it. */
export async function serve(instance: string, env: Record<string, string> = {}) {
  const lab = injectLab();
  const image = await lab.ensureImage('busybox');
  const running = await served(lab, { SWARMER_INSTANCE: instance, ...env });
  const ctl = new Swarmerctl(running.swarmer.url, mkdtempSync(join(lab.dir, 'ctl-')));
  return { ...running, lab, image, ctl };
}
