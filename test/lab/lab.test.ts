import { expect, test } from 'vitest';
import { type Lab, startLab } from './lab.ts';
import { startOneShot, taskReaches } from './one-shot.ts';
import { run } from './spawn.ts';
import { noTraces, type Traces, tracesOf, whereaboutsOf } from './traces.ts';

/** Starts a task that runs until SIGTERM ends it: processes and cgroups come with it. */
async function occupy(lab: Lab): Promise<void> {
  const image = await lab.ensureImage('busybox');
  const command = ['sh', '-c', 'trap "exit 0" TERM; sleep 600 & wait'];
  const id = await startOneShot(lab.docker, 'occupy', { image, command });
  await taskReaches(lab.docker, id, ['running']);
}

/** The root namespace's packet filter. */
async function packetFilter(): Promise<string> {
  return (await run('iptables', ['-S'])) + (await run('iptables', ['-t', 'nat', '-S']));
}

test('stop() leaves nothing of a lab that ran a task, and it may be called again', async () => {
  const filter = await packetFilter();
  const lab = await startLab({ swarm: true, redis: true });
  await occupy(lab);
  const where = whereaboutsOf(lab.dir);
  const kinds = Object.entries(await tracesOf(where)).filter(([, found]) => found.length > 0);
  const kept: (keyof Traces)[] = ['processes', 'links', 'cgroups', 'folders'];
  expect(kinds.map(([kind]) => kind)).toEqual(kept);

  await lab.stop();
  expect(await tracesOf(where)).toEqual(noTraces);
  expect(await packetFilter()).toBe(filter);
  await lab.stop();
});

test.each(['SIGTERM', 'SIGKILL'] as const)(
  'an engine ended by %s and started again still has its swarm and its services',
  async (signal) => {
    const lab = await startLab({ swarm: true });
    try {
      await occupy(lab);
      await lab.restartDockerd({ signal });
      const services = await lab.docker.listServices();
      expect(services.map((service) => service.Spec?.Name)).toEqual(['occupy']);
    } finally {
      await lab.stop();
    }
  },
);
