import type { Swarmer } from '../support/swarmer.ts';
import type { Fault } from './fault.ts';
import type { Random } from './random.ts';
import { LEASE_SECONDS, type World } from './world.ts';

type Choose = (random: Random) => Promise<Swarmer>;

export function processFaults(world: World): Fault[] {
  const api: Choose = async (random) => random.pick(world.apis);
  const controller: Choose = (random) => mostlyLeader(world, random);
  const leaseMs = LEASE_SECONDS * 1000;
  return [
    killed('controller SIGKILL', controller),
    paused('controller SIGSTOP beyond its lease', controller, [leaseMs + 500, leaseMs * 2]),
    killed('API SIGKILL', api),
    paused('API SIGSTOP', api, [1000, 4000]),
    redisKilled(world),
    redisPaused(world),
  ];
}

/** Four times of five the controller that leads: the other one does nothing. */
async function mostlyLeader({ controllers, client }: World, random: Random): Promise<Swarmer> {
  const holder = (await client.hget('swarmer:lease', 'holder')) ?? '';
  const leader = controllers.find(({ pid }) => holder.split('/')[1] === String(pid));
  return leader !== undefined && random.chance(0.8) ? leader : random.pick(controllers);
}

function killed(kind: string, choose: Choose): Fault {
  let victim: Swarmer | undefined;
  return {
    kind,
    ...{ lane: 'process', lastsMs: [0, 500, 2500], costsAttempts: false },
    async inject(random) {
      victim = await choose(random);
      await victim.end('SIGKILL');
    },
    async recovered() {
      await victim?.start();
      victim = undefined;
    },
  };
}

function paused(kind: string, choose: Choose, lastsMs: number[]): Fault {
  let victim: Swarmer | undefined;
  return {
    kind,
    ...{ lane: 'process', lastsMs, costsAttempts: false },
    async inject(random) {
      victim = await choose(random);
      victim.signal('SIGSTOP');
    },
    async recovered() {
      victim?.signal('SIGCONT');
      victim = undefined;
    },
  };
}

function redisKilled({ redis }: World): Fault {
  return {
    kind: 'Redis SIGKILL',
    ...{ lane: 'process', lastsMs: [0, 500, 2000], costsAttempts: false },
    inject: () => redis.kill(),
    recovered: () => redis.start(),
  };
}

function redisPaused({ redis }: World): Fault {
  return {
    kind: 'Redis SIGSTOP',
    ...{ lane: 'process', lastsMs: [3000], costsAttempts: false },
    async inject() {
      process.kill(redis.pid, 'SIGSTOP');
    },
    async recovered() {
      process.kill(redis.pid, 'SIGCONT');
    },
  };
}
