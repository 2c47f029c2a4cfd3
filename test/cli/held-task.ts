import type { LabHandle } from '../lab/handle.ts';

/** First in the script of a task that waits until a test lets it go; it heeds SIGTERM at once. */
export const TRAPS = 'trap go=1 USR1; trap "exit 143" TERM;';
/** Where it waits. */
export const WAITS = 'until [ -n "$go" ]; do sleep 0.05; done';
/** A whole script that does nothing else. */
export const HELD = `${TRAPS} ${WAITS}`;

/** Lets the tasks of a job that wait now go on. Its traps must be set: await output, or an exec. */
export async function letGo(lab: LabHandle, uid: string): Promise<void> {
  const filters = { label: [`swarmer.job=${uid}`], status: ['running'] };
  const containers = await lab.docker.listContainers({ filters });
  if (containers.length === 0) throw new Error(`no container of job ${uid} runs`);
  for (const { Id } of containers) await lab.docker.getContainer(Id).kill({ signal: 'SIGUSR1' });
}
