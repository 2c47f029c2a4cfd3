import { setTimeout as delay } from 'node:timers/promises';
import { cpuSeconds } from '../cost.ts';
import { Installation } from '../installation.ts';
import type { Scenario } from '../scenario.ts';

/** What a process does once after its start is over by then. */
const SETTLE_MS = 30_000;

export const idle: Scenario = {
  name: 'idle',
  about: 'an empty queue for ten windows: API, controller and Redis, each a process of its own',
  run: ({ seconds }) =>
    Installation.with({ concurrency: 12, behaviour: {} }, async (at) => {
      await at.controller.start();
      await delay(SETTLE_MS);
      const { engine: _, ...pids } = at.pids;
      const total = async () =>
        Object.values(await at.model.calls()).reduce((sum, count) => sum + count, 0);
      const used = () => Object.values(pids).map(cpuSeconds);
      const [before, callsBefore] = [used(), await total()];
      await delay(10 * seconds * 1000);
      const [after, callsAfter] = [used(), await total()];
      const shares = after.map((value, i) => ((value - (before[i] ?? 0)) / (10 * seconds)) * 100);
      return {
        figures: [
          ...Object.keys(pids).map((name, i) => ({
            ...{ name: `processor of the ${name}`, unit: '% of a core', values: [shares[i] ?? 0] },
          })),
          {
            ...{ name: 'processor in all', unit: '% of a core' },
            values: [shares.reduce((sum, share) => sum + share, 0)],
            aim: { of: 'max', atMost: 0.5 },
          },
          {
            ...{ name: 'engine calls', unit: '1/s' },
            values: [(callsAfter - callsBefore) / (10 * seconds)],
            aim: { of: 'max', atMost: 1 },
          },
        ],
      };
    }),
};
