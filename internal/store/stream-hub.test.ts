import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Redis } from 'ioredis';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { FakeClock } from '../clock/fake-clock.ts';
import { StreamHub } from './stream-hub.ts';

const READS = 100_000;

it('keeps nothing of a read that is over, as long as it runs', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let reads = 0;
  let enough = () => {};
  const over = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const blocking: Partial<Redis> = {
    xreadBuffer: async () => {
      if (++reads === READS) enough();
      // Others are to have their turn.
      if (reads % 1000 === 0) await setImmediate();
      return null;
    },
  };
  const stop = new AbortController();
  const hub = new StreamHub({
    ...{ blocking: blocking as Redis, redis: {} as Redis, prefix: 'p:' },
    ...{ clock: new FakeClock(), log: pino({ level: 'silent' }) },
  });
  void hub.waitFor('stream', '0', stop.signal);
  collect();
  const before = process.memoryUsage().heapUsed;
  const running = hub.run(stop.signal);
  await over;
  collect();
  const grown = process.memoryUsage().heapUsed - before;
  stop.abort();
  await running;
  // Left behind were 312 bytes of each.
  expect(grown / READS).toBeLessThan(40);
});
