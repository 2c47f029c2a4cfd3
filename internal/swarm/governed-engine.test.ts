import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { FakeClock } from '../clock/fake-clock.ts';
import type { Engine } from './engine.ts';
import { EngineError } from './engine-error.ts';
import { GovernedEngine } from './governed-engine.ts';

/** Counts the removals under way; each ends, or fails, when it is told to. */
function world(most: number) {
  const under: ((error?: Error) => void)[] = [];
  const removeService = () =>
    new Promise<void>((resolve, reject) => {
      under.push((error) => (error === undefined ? resolve() : reject(error)));
    });
  const engine = { removeService } as Partial<Engine> as Engine;
  return { under, governed: new GovernedEngine(engine, new FakeClock(), { most }) };
}

it('has no more changes under way than the governor allows', async () => {
  const { under, governed } = world(8);
  const removals = Array.from({ length: 10 }, () => governed.removeService('a'));
  await setImmediate();
  expect(under.length).toBe(4);
  for (let i = 0; i < 10; i++) {
    under[i]?.();
    await setImmediate();
  }
  await Promise.all(removals);
});

it('has fewer of them under way after the engine has refused one, and hands the refusal on', async () => {
  const { under, governed } = world(8);
  const refused = governed.removeService('a');
  await setImmediate();
  under[0]?.(new EngineError('Unavailable', 'too many requests', { status: 429 }));
  await expect(refused).rejects.toMatchObject({ status: 429 });
  for (let i = 0; i < 10; i++) void governed.removeService('b');
  await setImmediate();
  expect(under.length - 1).toBe(2);
});

it('does not take a refusal of what was asked for as trouble of the engine', async () => {
  const { under, governed } = world(8);
  const refused = governed.removeService('a');
  await setImmediate();
  under[0]?.(new EngineError('Invalid', 'no such network', { status: 404 }));
  await expect(refused).rejects.toMatchObject({ status: 404 });
  for (let i = 0; i < 10; i++) void governed.removeService('b');
  await setImmediate();
  expect(under.length - 1).toBe(4);
});
