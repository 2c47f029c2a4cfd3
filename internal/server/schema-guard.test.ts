import { pino } from 'pino';
import { expect, test } from 'vitest';
import { FakeClock } from '../clock/fake-clock.ts';
import { SchemaError } from '../store/index.ts';
import { whileSchemaFits } from './schema-guard.ts';

const log = pino({ level: 'silent' });

/** A store whose looks give these in order, the last for ever. */
function storeOf(...looks: (number | Error)[]) {
  let next = 0;
  return {
    check: async () => {
      const look = looks[Math.min(next++, looks.length - 1)] ?? 0;
      if (typeof look !== 'number') throw look;
      return look;
    },
  };
}

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));

/** Lets time pass in small pieces, and what waits for them act. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 500) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(500);
  }
}

test('a store that must be left alone is never served', async () => {
  const options = { clock: new FakeClock(), log, signal: new AbortController().signal };
  let served = false;
  const serving = whileSchemaFits(storeOf(new SchemaError('newer')), options, async () => {
    served = true;
  });
  await expect(serving).rejects.toThrow('newer');
  expect(served).toBe(false);
});

test('a store that becomes one meanwhile is served no longer', async () => {
  const clock = new FakeClock();
  const options = { clock, log, signal: new AbortController().signal };
  const store = storeOf(2, 2, new SchemaError('restoring'));
  const serving = whileSchemaFits(store, options, untilAborted);
  const end = expect(serving).rejects.toThrow('restoring');
  await pass(clock, 11_000);
  await end;
});

test('a Redis that is away keeps nobody from serving, and a signal ends it', async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const options = { clock, log, signal: stop.signal };
  const serving = whileSchemaFits(storeOf(new Error('away')), options, untilAborted);
  await pass(clock, 10_000);
  stop.abort();
  await serving;
});
