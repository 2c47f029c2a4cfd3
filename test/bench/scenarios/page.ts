import autocannon from 'autocannon';
import { cpuSeconds } from '../cost.ts';
import { Installation } from '../installation.ts';
import type { Scenario } from '../scenario.ts';

const TASKS = 100_000;
const PAGE = 100;
const CONNECTIONS = 4;

export const page: Scenario = {
  name: 'page',
  about: `GET of a job with ${PAGE} of its ${TASKS} tasks, over ${CONNECTIONS} connections`,
  run: ({ rounds, seconds, shrink }) =>
    Installation.with({ concurrency: 1, behaviour: {} }, async (at) => {
      const count = TASKS / shrink;
      const uid = await at.submit(count);
      const pages = Array.from({ length: 50 }, (_, i) => Math.floor((count / 50) * i));
      const requests = pages.map((from) => ({
        path: `/v1/jobs/${uid}/tasks?limit=${PAGE}&continue=${from}`,
      }));
      const p99: number[] = [];
      const rates: number[] = [];
      const cost: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const before = cpuSeconds(at.pids.api);
        const duration = Math.ceil(seconds / rounds / 2);
        const result = await autocannon({
          ...{ url: at.api.url, connections: CONNECTIONS, duration, requests },
        });
        if (result.non2xx + result.errors > 0) throw new Error('a page was not answered');
        p99.push(result.latency.p99);
        rates.push(result.requests.average);
        cost.push(((cpuSeconds(at.pids.api) - before) / result.requests.total) * 1e6);
      }
      return {
        figures: [
          { ...{ name: 'p99', unit: 'ms', values: p99 }, aim: { of: 'median', atMost: 25 } },
          { name: 'pages', unit: '1/s', values: rates },
          { name: 'processor of the API for one', unit: 'µs', values: cost },
        ],
      };
    }),
};
