import { setImmediate } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SwarmInventory } from '../apis/index.ts';
import { Bell } from '../clock/bell.ts';
import { FakeClock } from '../clock/fake-clock.ts';
import type { ControllerStore } from '../store/index.ts';
import type { Engine } from '../swarm/index.ts';
import { publishInventory } from './inventory.ts';

let clock: FakeClock;
let bell: Bell;
let published: SwarmInventory[];
let networks: string[];
let stop: AbortController;
let running: Promise<void>;

beforeEach(async () => {
  clock = new FakeClock();
  bell = new Bell();
  published = [];
  networks = ['front'];
  stop = new AbortController();
  const { signal } = stop;
  const engine: Partial<Engine> = { listNames: async () => ({ networks }) };
  const store: Partial<ControllerStore> = {
    redisTime: async () => clock.now(),
    publishInventory: async (_fence, seen) => {
      published.push(seen);
    },
  };
  running = publishInventory({
    ...{ engine: engine as Engine, store: store as ControllerStore, bell, clock },
    own: { names: async () => undefined },
    images: { credentialNames: async () => [{ name: 'hub' }] },
    term: { fence: { token: 1 }, signal, mayAct: () => true, end: () => {} },
    log: pino({ level: 'silent' }),
  });
  await pass(0);
});

afterEach(async () => {
  stop.abort();
  await running;
});

async function pass(ms: number): Promise<void> {
  clock.advance(ms);
  for (let turn = 0; turn < 4; turn++) await setImmediate();
}

it('is published at once, and every ten seconds while nobody asks', async () => {
  const registryCredentials = [{ name: 'hub' }];
  const [takenAt] = [clock.now()];
  expect(published).toEqual([{ names: { networks: ['front'] }, registryCredentials, takenAt }]);
  for (let second = 0; second < 20; second++) await pass(1000);
  expect(published).toHaveLength(3);
});

it('is published soon when somebody asks, once for all who ask at the same time', async () => {
  await pass(1000);
  const asked = clock.now();
  networks = ['front', 'made just now'];
  bell.ring();
  await pass(0);
  await pass(50);
  bell.ring();
  await pass(50);
  await pass(1000);
  expect(published).toHaveLength(2);
  expect(published[1]?.names.networks).toEqual(networks);
  expect(published[1]?.takenAt).toBeGreaterThan(asked);
});
