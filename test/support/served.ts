import { afterAll } from 'vitest';
import type { LabHandle } from '../lab/handle.ts';
import { Receiver } from './receiver.ts';
import { Swarmer } from './swarmer.ts';

/** A running server with these settings and arguments, and a receiver of callbacks, until the calling test file ends. */
export async function served(
  lab: LabHandle,
  env: Record<string, string>,
  args: readonly string[] = [],
): Promise<{ swarmer: Swarmer; receiver: Receiver }> {
  const receiver = await Receiver.start();
  const swarmer = new Swarmer(lab, { args, env });
  afterAll(async () => {
    await swarmer.end();
    await receiver.stop();
  });
  await swarmer.start();
  return { swarmer, receiver };
}
