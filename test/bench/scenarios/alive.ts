import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '../../lab/wait.ts';
import { cpuSeconds, memoryMiB } from '../cost.ts';
import { Installation } from '../installation.ts';
import type { Scenario } from '../scenario.ts';

const SERVICES = 5000;
const SETTLE_MS = 10_000;

export const alive: Scenario = {
  name: 'alive',
  about: `${SERVICES} services alive at once, of tasks that never end: what it costs to watch them`,
  run: ({ seconds, shrink }) => {
    const count = SERVICES / shrink;
    const behaviour = { forever: true };
    return Installation.with({ concurrency: count, behaviour }, async (at) => {
      await at.submit(count);
      await at.controller.start();
      const { controller } = at.pids;
      const isAlive = async () => ((await at.model.calls())['createService'] ?? 0) >= count;
      const begun = performance.now();
      await waitFor(isAlive, { what: `${count} services`, timeoutMs: 600_000, intervalMs: 500 });
      const tookMs = performance.now() - begun;
      await delay(SETTLE_MS);
      const [before, calls] = [cpuSeconds(controller), await at.model.calls()];
      await delay(seconds * 1000);
      const [after, later] = [cpuSeconds(controller), await at.model.calls()];
      const lists = (later['listTasks'] ?? 0) - (calls['listTasks'] ?? 0);
      return {
        figures: [
          {
            ...{ name: 'processor of the controller', unit: 'cores' },
            values: [(after - before) / seconds],
            aim: { of: 'max', atMost: 0.5 },
          },
          { name: 'lists of tasks', unit: '1/s', values: [lists / seconds] },
          { name: 'until all are alive', unit: 's', values: [tookMs / 1000] },
          { name: 'memory of the controller', unit: 'MiB', values: [memoryMiB(controller).now] },
        ],
      };
    });
  },
};
