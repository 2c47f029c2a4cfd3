import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { injectLab } from '../lab/inject.ts';
import { startLab } from '../lab/lab.ts';
import { waitFor } from '../lab/wait.ts';
import { type Lie, type ListKind, LyingEngine } from '../support/lying-engine.ts';
import { ServiceEvents } from '../support/service-events.ts';
import { Swarmer } from '../support/swarmer.ts';

/** How long lists are untrue, in ms. */
const LIE_MS = 12_000;

interface JobEvent {
  type: string;
  reason?: string;
  message?: string;
}

async function events(swarmer: Swarmer, id: string): Promise<JobEvent[]> {
  const response = await swarmer.request(`/v1/jobs/${id}/events?limit=1000`);
  return ((await response.json()) as { items: JobEvent[] }).items;
}

describe('lists that are untrue for a while', () => {
  const lab = injectLab();
  const watching = ServiceEvents.watch(lab);

  afterAll(async () => (await watching).stop());

  test.each<[string, ListKind[], Lie]>([
    ['neither tasks nor services', ['tasks', 'services'], 'none'],
    ['neither tasks, services nor nodes', ['tasks', 'services', 'nodes'], 'none'],
    ['every second task and service', ['tasks', 'services'], 'half'],
  ])(
    'lose no task and make no service twice: %s',
    async (_, kinds, lie) => {
      const image = await lab.ensureImage('busybox');
      const dir = mkdtempSync(join(lab.dir, 'lies-'));
      const engine = await LyingEngine.start(lab.dockerSocket, join(dir, 'docker.sock'));
      const env = {
        DOCKER_HOST: `unix://${join(dir, 'docker.sock')}`,
        SWARMER_INSTANCE: `lies-${[...kinds, lie].join('-')}`,
        SWARMER_MAX_CONCURRENT_TASKS: '6',
      };
      const swarmer = await new Swarmer(lab, { env }).start();
      onTestFinished(async () => {
        await swarmer.end('SIGKILL');
        await engine.stop();
      });
      const made = await watching;
      // Some end before the lies, some meanwhile and some after them; those behind wait for a place.
      const seconds = [1, 4, 8, 18, 18, 18, 1, 1];
      const tasks = seconds.map((s, i) => ({
        name: `t${i}`,
        args: ['sh', '-c', `sleep ${s}; exit ${i}`],
      }));
      const id = await swarmer.create({ image, tasks, backoffLimit: 0 });
      const underWay = async () => {
        const all = await events(swarmer, id);
        return all.filter(({ type }) => type === 'Running').length >= 6;
      };
      await waitFor(underWay, { what: 'tasks to run', timeoutMs: 30_000 });
      engine.lies = new Map(kinds.map((kind) => [kind, lie]));
      await delay(LIE_MS);
      engine.lies = new Map();
      expect(engine.told).toBeGreaterThan(5);

      const { tasks: results } = await swarmer.finished(id, 90_000);
      expect(results.map(({ status, attempts }) => [status, attempts])).toEqual(
        seconds.map((_, i) => [i, 1]),
      );
      expect((await events(swarmer, id)).filter(({ type }) => type === 'Lost')).toEqual([]);
      expect(made.of(id)).toHaveLength(seconds.length);
      expect(await swarmer.services(id)).toEqual([]);
    },
    180_000,
  );
});

describe('a swarm that is left and made anew', () => {
  test('is told as what it is before anything counts as lost, and the job goes on in it', async () => {
    const lab = await startLab({ swarm: true, images: ['busybox'] });
    const swarmer = await new Swarmer(lab).start();
    onTestFinished(async () => {
      await swarmer.end('SIGKILL');
      await lab.stop();
    });
    const image = await lab.ensureImage('busybox');
    const args = ['sh', '-c', '[ $SWARMER_ATTEMPT != 1 ] || sleep 600'];
    const id = await swarmer.create({ image, args, completions: 3, backoffLimit: 0 });
    const running = async () => (await lab.docker.listContainers()).length === 3;
    await waitFor(running, { what: 'all tasks to run', timeoutMs: 30_000 });
    await lab.docker.swarmLeave({ force: true });
    const { address } = lab.manager;
    const addresses = { ListenAddr: `${address}:2377`, AdvertiseAddr: address };
    await lab.docker.swarmInit({ ...addresses, Spec: {} });

    const { tasks, __phase } = await swarmer.finished(id, 120_000);
    expect(__phase).toBe('Complete');
    expect(tasks.map(({ status, attempts }) => [status, attempts])).toEqual(
      tasks.map(() => [0, 2]),
    );
    const all = await events(swarmer, id);
    const isLoss = ({ type }: JobEvent) => type === 'Lost';
    expect(all.filter(isLoss).map(({ reason }) => reason)).toEqual(
      tasks.map(() => 'SwarmReplaced'),
    );
    const told = all.findIndex(({ type }) => type === 'SwarmReplaced');
    expect(told).toBeGreaterThanOrEqual(0);
    expect(told).toBeLessThan(all.findIndex(isLoss));
  }, 180_000);
});
