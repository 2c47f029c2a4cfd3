import { setTimeout as delay } from 'node:timers/promises';
import { CONCURRENCY, Installation, PRINTS_A_LINE } from '../installation.ts';
import type { Scenario } from '../scenario.ts';
import { measureWindow } from '../window.ts';

const WARM_UP_MS = 4000;

export const lifecycles: Scenario = {
  name: 'lifecycles',
  about:
    'complete lifecycles (create, verdict, logs, removal, recorded) a second: API, controller, Redis ' +
    '(every write on disk) and the model engine on this machine, tasks that end at once',
  run: ({ seconds }) =>
    Installation.with({ concurrency: CONCURRENCY, behaviour: PRINTS_A_LINE }, async (at) => {
      const uid = await at.submit(2000 * (seconds + 10));
      await at.controller.start();
      await delay(WARM_UP_MS);
      const window = await measureWindow(at, uid, seconds);
      const cost = (of: keyof typeof window.cpuMs) => ({
        ...{ name: `processor time of the ${of}`, unit: 'ms/task', values: [window.cpuMs[of]] },
      });
      const aim = { of: 'median', atLeast: 1000 } as const;
      return {
        figures: [
          { name: 'lifecycles', unit: '1/s', values: [window.rate], aim },
          { name: 'lifecycles in each second', unit: '1/s', values: window.rates },
          ...(['controller', 'engine', 'redis'] as const).map(cost),
          { name: 'commands of Redis', unit: '1/task', values: [window.redisCommands] },
          ...Object.entries(window.engineCalls).map(([name, count]) => ({
            ...{ name: `engine calls: ${name}`, unit: '1/task', values: [count] },
          })),
        ],
        plots: [
          {
            ...{ name: 'lifecycles', title: 'Complete lifecycles in each second' },
            x: { label: 'second' },
            y: { label: 'lifecycles / s' },
            curves: [
              { name: 'Swarmer', points: window.rates.map((rate, i) => [i + 1, rate] as const) },
            ],
          },
        ],
      };
    }),
};
