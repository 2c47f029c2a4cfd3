import autocannon from 'autocannon';
import { cpuSeconds } from '../cost.ts';
import { Installation } from '../installation.ts';
import type { Scenario } from '../scenario.ts';

const CONNECTIONS = 64;
const TASKS = 5;

/** A body as programs send it: five tasks with two arguments each. */
const BODY = JSON.stringify({
  image_name: 'busybox:1',
  callback_url: 'http://receiver.example:9000/done',
  tasks: Array.from({ length: TASKS }, (_, i) => ({
    task_name: `task-${i}`,
    task_args: ['run', 'it'],
  })),
});

export const submit: Scenario = {
  name: 'submit',
  about: `POST /submit with ${TASKS} tasks over ${CONNECTIONS} connections; every answer is on disk`,
  run: ({ rounds, seconds }) =>
    Installation.with({ concurrency: 1, behaviour: {} }, async (at) => {
      const rates: number[] = [];
      const p99: number[] = [];
      const cost: number[] = [];
      await load(at.api.url, 2);
      for (let round = 0; round < rounds; round++) {
        const before = cpuSeconds(at.pids.api);
        const result = await load(at.api.url, Math.ceil(seconds / rounds));
        const spent = cpuSeconds(at.pids.api) - before;
        rates.push(result.requests.average);
        p99.push(result.latency.p99);
        cost.push((spent / result.requests.total) * 1e6);
      }
      return {
        figures: [
          {
            ...{ name: 'accepted', unit: '1/s', values: rates },
            aim: { of: 'median', atLeast: 2000 },
          },
          { name: 'latency, p99', unit: 'ms', values: p99, aim: { of: 'median', atMost: 100 } },
          { name: 'processor of the API for one', unit: 'µs', values: cost },
        ],
      };
    }),
};

/** @throws Error when anything but 201 was answered. */
async function load(url: string, duration: number): Promise<autocannon.Result> {
  const result = await autocannon({
    ...{ url: `${url}/submit`, method: 'POST', body: BODY, connections: CONNECTIONS, duration },
    headers: { 'content-type': 'application/json' },
  });
  const refused = result.non2xx + result.errors + result.timeouts;
  if (refused > 0) throw new Error(`${refused} of ${result.requests.total} were not accepted`);
  return result;
}
