import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../internal/clock/clock.ts';
import { DockerEngine } from '../../internal/swarm/index.ts';
import { giveBridges, takeBridges } from '../lab/bridges.ts';
import { injectLab } from '../lab/inject.ts';
import { emptyLayers, fillLayers, giveRuntime, stopShim, takeRuntime } from '../lab/runtime.ts';
import { waitFor } from '../lab/wait.ts';
import { describeEngine } from './conformance.ts';
import { INSTANCE, STRANGER, type Subject } from './conformance-bench.ts';
import { ModelEngine } from './model-engine.ts';
import { programBehaviour } from './programs.ts';
import { seeded } from './seeded.ts';
import { startModelServer } from './server.ts';
import { ModelSwarm } from './swarm.ts';

const engines = (socketPath: string) => {
  const engine = (instance: string) =>
    new DockerEngine({ target: { socketPath }, instance, clock: systemClock });
  return { engine: engine(INSTANCE), stranger: engine(STRANGER) };
};

const modelSwarm = () =>
  new ModelSwarm({ clock: systemClock, random: seeded(1), behaviour: programBehaviour });

/** What is done to a model's swarm beside an engine. */
const hands = (swarm: ModelSwarm): Omit<Subject, 'engine' | 'stranger' | 'close'> => ({
  addNamed: async (kind, name) => {
    swarm.addNamed(kind, name);
  },
  image: 'swarmer-lab/busybox:1',
  kill: async ({ id }) => swarm.killContainer(id),
  memoryBytes: swarm.listNodes()[0]?.Description.Resources.MemoryBytes ?? 0,
  removeContainer: async ({ id }) => swarm.removeContainer(id),
  breakNode: async (trouble) => {
    swarm.breakNode('n1', trouble);
    return async () => swarm.mendNode('n1');
  },
  holdContainer: async ({ id }) => {
    swarm.holdContainer(id);
    return async () => swarm.letContainerGo(id);
  },
  renew: async () => {
    swarm.renew(100);
    const isBack = () => swarm.info().Swarm?.LocalNodeState === 'active';
    await waitFor(isBack, { what: 'the new swarm' });
  },
  setAvailability: async (nodeId, availability) => {
    if (availability === 'drain') swarm.drainNode(nodeId);
    else swarm.activateNode(nodeId);
  },
});

describeEngine('DockerEngine on a real swarm', async () => {
  const lab = injectLab();
  const made: { remove(): Promise<unknown> }[] = [];
  const Data = Buffer.from('x').toString('base64');
  return {
    addNamed: async (kind, Name) => {
      made.push(
        kind === 'networks'
          ? await lab.docker.createNetwork({ Name, Driver: 'overlay' })
          : await lab.docker[kind === 'secrets' ? 'createSecret' : 'createConfig']({ Name, Data }),
      );
    },
    ...engines(lab.dockerSocket),
    image: await lab.ensureImage('busybox'),
    kill: ({ containerId = '' }) => lab.docker.getContainer(containerId).kill(),
    memoryBytes: ((await lab.docker.info()) as { MemTotal: number }).MemTotal,
    removeContainer: ({ containerId = '' }) =>
      lab.docker.getContainer(containerId).remove({ force: true }),
    breakNode: async (trouble) => {
      if (trouble === 'disk') {
        await fillLayers(lab.manager);
        return () => emptyLayers(lab.manager);
      }
      if (trouble === 'runtime') {
        await takeRuntime(lab.manager);
        return () => giveRuntime(lab.manager);
      }
      const taken = await takeBridges(lab.manager);
      return () => giveBridges(lab.manager, taken);
    },
    holdContainer: ({ containerId = '' }) => stopShim(lab.manager, containerId),
    renew: async () => {
      const { address } = lab.manager;
      await lab.docker.swarmLeave({ force: true });
      const where = { ListenAddr: `${address}:2377`, AdvertiseAddr: address };
      await lab.docker.swarmInit({ ...where, Spec: {} });
    },
    setAvailability: async (nodeId, Availability) => {
      const node = lab.docker.getNode(nodeId);
      const { Version, Spec } = (await node.inspect()) as {
        Version: { Index: number };
        Spec: object;
      };
      await node.update({ version: Version.Index, ...Spec, Availability });
    },
    close: async () => {
      const remove = async (one: (typeof made)[number]) => {
        // Swarm lets go of a network some time after the end of its tasks; a new swarm has none.
        const gone = (error: { statusCode?: number }) => {
          if (error.statusCode !== 404) throw error;
        };
        const removed = () => one.remove().catch(gone);
        await waitFor(() => removed().then(() => true), { what: 'what was made to be removed' });
      };
      for (const one of made) await remove(one);
    },
  };
});

describeEngine('DockerEngine on the HTTP server of the model', async () => {
  const swarm = modelSwarm();
  const dir = mkdtempSync(join(tmpdir(), 'swarmer-model-'));
  const socketPath = join(dir, 'docker.sock');
  const server = await startModelServer({ swarm, socketPath });
  return {
    ...engines(socketPath),
    ...hands(swarm),
    close: async () => {
      await server.close();
      rmSync(dir, { recursive: true });
    },
  };
});

describeEngine('ModelEngine in process', async () => {
  const swarm = modelSwarm();
  return {
    engine: new ModelEngine({ swarm, instance: INSTANCE }),
    stranger: new ModelEngine({ swarm, instance: STRANGER }),
    ...hands(swarm),
    close: async () => {},
  };
});
