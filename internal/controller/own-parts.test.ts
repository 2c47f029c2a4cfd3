import { expect, it } from 'vitest';
import type { OwnNames } from '../apis/index.ts';
import { FakeClock } from '../clock/fake-clock.ts';
import { EngineError } from '../swarm/index.ts';
import { OwnParts } from './own-parts.ts';

const NAMES: OwnNames = {
  ...{ stack: 'swarmer', networks: ['control', 'tasks'], volumes: [], secrets: ['a'], configs: [] },
};

/** What a controller of that stack knows of it; `looks` has the stacks that it asked an engine for. */
function opened(answer: () => Promise<OwnNames>, stack?: string) {
  const clock = new FakeClock();
  const looks: string[] = [];
  const listOwn = (name: string) => {
    looks.push(name);
    return answer();
  };
  const parts = new OwnParts({ engine: { listOwn }, stack, network: 'tasks', clock });
  return { parts, clock, looks };
}

it("a stack's parts are its own, but for the network of tasks, and looked up every ten seconds", async () => {
  const { parts, clock, looks } = opened(async () => NAMES, 'swarmer');
  const [first] = await Promise.all([parts.names(), parts.names()]);
  expect(first).toEqual({ ...NAMES, networks: ['control'] });
  clock.advance(9_999);
  await parts.names();
  expect(looks).toEqual(['swarmer']);
  clock.advance(1);
  await parts.names();
  expect(looks).toHaveLength(2);
});

it('nothing is known of them while the engine does not answer, and then they are looked up at once', async () => {
  let away = true;
  const { parts } = opened(async () => {
    if (away) throw new EngineError('Unavailable', 'no answer');
    return NAMES;
  }, 'swarmer');
  await expect(parts.names()).rejects.toThrow('no answer');
  away = false;
  await expect(parts.names()).resolves.toMatchObject({ secrets: ['a'] });
});

it('without a stack there are none, and nothing is asked', async () => {
  const { parts, looks } = opened(async () => NAMES);
  expect([await parts.names(), looks]).toEqual([undefined, []]);
});
