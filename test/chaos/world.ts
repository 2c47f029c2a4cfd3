import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Redis as Client } from 'ioredis';
import { type Lab, startLab } from '../lab/lab.ts';
import type { Redis } from '../lab/redis.ts';
import { stopOnSignals } from '../lab/signals.ts';
import { allSettled } from '../lab/wait.ts';
import { Receiver } from '../support/receiver.ts';
import { Swarmer } from '../support/swarmer.ts';
import type { Images } from './load.ts';

export const INSTANCE = 'chaos';
/** Long enough for a busy machine, short enough to see many terms. */
export const LEASE_SECONDS = 2;
const WITH_RUNNER = 'swarmer-chaos:1';

/** All real parts: three nodes, a Redis that fsyncs always, two APIs, two controllers, a receiver. */
export interface World {
  lab: Lab;
  images: Images;
  redis: Redis;
  /** Looks into Redis apart from the code under test. */
  client: Client;
  apis: Swarmer[];
  controllers: Swarmer[];
  receiver: Receiver;
  /** Removes all of it. */
  stop(): Promise<void>;
}

/** Starts the world. @throws Error when a part does not start; nothing of it is left then. */
export async function startWorld(): Promise<World> {
  const lab = await startLab({ swarm: { managers: 1, workers: 2 } });
  const forgetSignals = stopOnSignals(() => lab.stop());
  const stopLab = async () => {
    forgetSignals();
    await lab.stop();
  };
  try {
    return await fill(lab, stopLab);
  } catch (error) {
    await stopLab();
    throw error;
  }
}

async function fill(lab: Lab, stopLab: () => Promise<void>): Promise<World> {
  const images = await makeImages(lab);
  const redis = await lab.startRedis({ appendfsync: 'always' });
  const receiver = await Receiver.start();
  const client = new Client({ path: redis.socketPath, maxRetriesPerRequest: null });
  client.on('error', ignoreWhileAway);
  const env = { SWARMER_INSTANCE: INSTANCE, REDIS_URL: `redis+unix://${redis.socketPath}` };
  const makeApi = () => new Swarmer(lab, { role: 'api', env }).start();
  const apis = await allSettled([makeApi(), makeApi()]);
  const controllers = await allSettled(apis.map((api) => startController(lab, env, api)));
  const stop = async () => {
    client.disconnect();
    await allSettled([...controllers, ...apis].map((process) => process.end('SIGKILL')));
    await receiver.stop();
    await stopLab();
  };
  return { lab, images, redis, client, apis, controllers, receiver, stop };
}

/** The tasks of each controller report to an API of its own. */
function startController(lab: Lab, env: Record<string, string>, api: Swarmer): Promise<Swarmer> {
  const more = { RUNNER_PORT: String(api.port), SWARMER_LEASE_SECONDS: String(LEASE_SECONDS) };
  return new Swarmer(lab, { role: 'controller', env: { ...env, ...more } }).start();
}

async function makeImages(lab: Lab): Promise<Images> {
  const from = await lab.ensureImage('node');
  const runner = fileURLToPath(new URL('../../dist/cmd/swarmer-run.cjs', import.meta.url));
  const program = `#!/usr/bin/node\n${readFileSync(runner, 'utf8').replace(/^#!.*\n/, '')}`;
  await lab.buildImage(WITH_RUNNER, from, {
    '/bin/swarmer-run': { mode: 0o755, data: program },
  });
  return { none: await lab.ensureImage('busybox'), 'swarmer-run': WITH_RUNNER };
}

/** The client reconnects by itself; its commands wait meanwhile. */
function ignoreWhileAway(): void {}
