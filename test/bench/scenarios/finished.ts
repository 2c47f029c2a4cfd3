import { setTimeout as delay } from 'node:timers/promises';
import { median } from '../figures.ts';
import { CONCURRENCY, Installation, PRINTS_A_LINE } from '../installation.ts';
import { alternate, ratios } from '../pairs.ts';
import { populate } from '../populate.ts';
import type { Figure, Scenario } from '../scenario.ts';
import { measureWindow } from '../window.ts';

const FEW = 100;
const MANY = 100_000;
const WARM_UP_MS = 4000;
const MOST_PER_SECOND = 2500;
const REQUESTS = 300;

/** Lifecycles a second, of a job of its own. */
async function rate(at: Installation, seconds: number): Promise<number> {
  const uid = await at.submit(MOST_PER_SECOND * (seconds + WARM_UP_MS / 1000));
  await at.controller.start();
  await delay(WARM_UP_MS);
  const window = await measureWindow(at, uid, seconds);
  await at.api.post(`/v1/jobs/${uid}/cancel`, {});
  await at.api.finished(uid);
  await at.controller.end();
  return window.rate;
}

/** Median ms of a request for a job, and for a page of jobs, one after the other. */
async function latency(at: Installation): Promise<number> {
  const uid = await at.submit(0);
  const took: number[] = [];
  for (let i = 0; i < REQUESTS; i++) {
    const path = i % 2 === 0 ? `/v1/jobs/${uid}` : '/v1/namespaces/default/jobs?limit=20';
    const begun = performance.now();
    await (await at.api.request(path)).arrayBuffer();
    took.push(performance.now() - begun);
  }
  return median(took);
}

export const finished: Scenario = {
  name: 'finished',
  about: `lifecycles a second and latency of the API with ${MANY} finished jobs stored, beside ${FEW}`,
  run: ({ rounds, seconds, shrink }) =>
    Installation.several(
      2,
      { concurrency: CONCURRENCY, behaviour: PRINTS_A_LINE },
      async ([fewAt, manyAt]) => {
        if (fewAt === undefined || manyAt === undefined) throw new Error('two are needed');
        await populate(fewAt, FEW);
        await populate(manyAt, MANY / shrink);
        const window = Math.ceil(seconds / 4);
        const rates = await alternate(rounds, {
          few: () => rate(fewAt, window),
          many: () => rate(manyAt, window),
        });
        const ms = await alternate(rounds, {
          few: () => latency(fewAt),
          many: () => latency(manyAt),
        });
        const figures: Figure[] = [
          { name: `lifecycles, ${FEW} finished`, unit: '1/s', values: rates.few },
          { name: `lifecycles, ${MANY / shrink} finished`, unit: '1/s', values: rates.many },
          {
            ...{ name: 'many / few', unit: 'ratio', values: ratios(rates.many, rates.few) },
            aim: { of: 'median', atLeast: 0.9 },
          },
          { name: `latency of the API, ${FEW} finished`, unit: 'ms', values: ms.few },
          { name: `latency of the API, ${MANY / shrink} finished`, unit: 'ms', values: ms.many },
          {
            ...{ name: 'latency, many / few', unit: 'ratio', values: ratios(ms.many, ms.few) },
            aim: { of: 'median', atMost: 1.1 },
          },
        ];
        return { figures };
      },
    ),
};
