import { memoryMiB, resetPeak } from '../cost.ts';
import { Installation } from '../installation.ts';
import { Probe } from '../probe.ts';
import type { Scenario } from '../scenario.ts';

const TASKS = 100_000;

export const submitLarge: Scenario = {
  name: 'submit-large',
  about: `a job of ${TASKS} tasks in one request, and what others wait meanwhile`,
  run: ({ rounds, shrink }) =>
    Installation.with({ concurrency: 1, behaviour: {} }, async (at) => {
      const body = bodyOf(TASKS / shrink);
      const took: number[] = [];
      const waits: number[] = [];
      const growth: number[] = [];
      for (let round = 0; round < rounds; round++) {
        resetPeak(at.pids.api);
        const before = memoryMiB(at.pids.api).now;
        const probe = new Probe(`${at.api.url}/healthz`);
        const begun = performance.now();
        await accepted(at.api.url, body);
        took.push((performance.now() - begun) / 1000);
        waits.push(Math.max(...(await probe.end())));
        growth.push(memoryMiB(at.pids.api).peak - before);
      }
      return {
        figures: [
          { ...{ name: 'accepted after', unit: 's', values: took }, aim: { of: 'max', atMost: 3 } },
          {
            ...{ name: 'longest wait of another request', unit: 'ms', values: waits },
            aim: { of: 'max', atMost: 100 },
          },
          {
            ...{ name: 'memory growth of the API', unit: 'MiB', values: growth },
            aim: { of: 'max', atMost: 150 },
          },
        ],
      };
    }),
};

/** Tasks with a short name and two short arguments. */
function bodyOf(count: number): string {
  const tasks = Array.from({ length: count }, (_, i) => ({
    task_name: `t${i}`,
    task_args: ['run', 'it'],
  }));
  return JSON.stringify({ image_name: 'busybox:1', callback_url: null, tasks });
}

async function accepted(url: string, body: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/submit`, { method: 'POST', body, headers });
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
}
