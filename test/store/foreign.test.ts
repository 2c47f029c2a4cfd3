import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../internal/clock/fake-clock.ts';
import type { Term } from '../../internal/controller/elector.ts';
import { OrphanCollector } from '../../internal/controller/orphans.ts';
import { openStores } from '../../internal/store/index.ts';
import { serviceSpec } from '../../internal/swarm/index.ts';
import { ModelEngine } from '../model/model-engine.ts';
import { seeded } from '../model/seeded.ts';
import { ModelSwarm } from '../model/swarm.ts';
import { codeOf, silent, useStore } from './harness.ts';

const newStore = useStore();
const INSTANCE = 'foreign';
const JOB = { image: 'alpine:3', backoffLimit: 0, lossLimit: 10, outputLimitBytes: 1000 };

/** A store on a real Redis beside a model of the engine, and the collector of a leader's term. */
async function bench() {
  const store = newStore();
  const { operator } = openStores(store.redis, store.clock, store.prefix);
  const swarm = new ModelSwarm({
    ...{ clock: new FakeClock(), random: seeded(1), nodes: ['n1'] },
    behaviour: () => ({ runMs: 3_600_000 }),
  });
  const engine = new ModelEngine({ swarm, instance: INSTANCE });
  let made = 0;
  return {
    ...{ store, operator, engine },
    /** A service that another store has made. */
    service(storeId: string): string {
      const id = { jobUid: '01JGFJJZ000000000000000000', index: made++, attempt: 1 };
      const owner = { instance: INSTANCE, storeId };
      return swarm.createService(
        serviceSpec({ owner, id, job: JOB, task: { name: 't', args: [] } }),
      ).ID;
    },
    services: async () => (await engine.listServices()).map(({ id }) => id),
    /** A new leader with its collector. */
    async lead() {
      const over = new AbortController();
      const term: Term = {
        fence: await store.lead(),
        signal: over.signal,
        mayAct: () => !over.signal.aborted,
        end: () => over.abort(),
      };
      const owner = { instance: INSTANCE, storeId: await store.controller.storeId() };
      const { controller, clock } = store;
      const options = { engine, store: controller, owner, term, clock, log: silent };
      return { term, orphans: new OrphanCollector(options) };
    },
    decisions: () => store.controller.foreignDecisions(),
  };
}

describe('services of another store', () => {
  test('are no longer told of once the store was adopted, and cannot be adopted twice', async () => {
    const { service, lead, operator, decisions, store } = await bench();
    service('before');
    const first = await lead();
    await first.orphans.collect();
    expect(await operator.foreignStores()).toEqual([{ storeId: 'before', services: 1 }]);
    await operator.decideForeign('before', 'adopt');
    await first.orphans.collect();
    expect(first.term.signal.aborted).toBe(true);
    const next = await lead();
    await next.orphans.collect();
    expect(await store.controller.storeId()).toBe('before');
    expect(await operator.foreignStores()).toEqual([]);
    expect(await decisions()).toEqual(new Map());
    expect(await codeOf(operator.decideForeign('before', 'adopt'))).toBe('NotFound');
  });

  test('that were removed by hand while nobody led are not told of by the next leader', async () => {
    const { service, lead, operator, engine } = await bench();
    const gone = service('other');
    await (await lead()).orphans.collect();
    expect(await operator.foreignStores()).toHaveLength(1);
    await operator.decideForeign('other', 'purge');
    await engine.removeService(gone);
    await (await lead()).orphans.collect();
    expect(await operator.foreignStores()).toEqual([]);
    expect(await codeOf(operator.decideForeign('other', 'purge'))).toBe('NotFound');
  });

  test('that were purged are gone with the decision: what comes later is decided anew', async () => {
    const { service, services, lead, operator, decisions } = await bench();
    service('other');
    const { orphans } = await lead();
    await orphans.collect();
    await operator.decideForeign('other', 'purge');
    await orphans.collect();
    expect(await services()).toEqual([]);
    await orphans.collect();
    expect(await operator.foreignStores()).toEqual([]);
    expect(await decisions()).toEqual(new Map());
    const later = service('other');
    await orphans.collect();
    await orphans.collect();
    expect(await services()).toEqual([later]);
    expect(await operator.foreignStores()).toEqual([{ storeId: 'other', services: 1 }]);
  });

  test('are told of, and the decision stands, while the list of services fails', async () => {
    const { service, lead, operator, engine, decisions } = await bench();
    service('other');
    const { orphans } = await lead();
    await orphans.collect();
    await operator.decideForeign('other', 'purge');
    const { listServices } = engine;
    engine.listServices = () => Promise.reject(new Error('the engine is away'));
    await expect(orphans.collect()).rejects.toThrow('away');
    await expect((await lead()).orphans.collect()).rejects.toThrow('away');
    expect(await operator.foreignStores()).toMatchObject([{ services: 1, decision: 'purge' }]);
    expect(await decisions()).toEqual(new Map([['other', 'purge']]));
    engine.listServices = listServices;
  });

  test('of which a decision came as the last one went are forgotten at the next look', async () => {
    const { lead, store, decisions } = await bench();
    const { orphans } = await lead();
    await orphans.collect();
    // The API had read that there are some, and writes when they are gone.
    await store.redis.hset(store.keys.foreignDecisions, 'other', 'purge');
    await orphans.collect();
    expect(await decisions()).toEqual(new Map());
  });

  test('are adopted of one store in a term, as a store has one identity', async () => {
    const { service, lead, operator, store } = await bench();
    for (const id of ['one', 'two']) service(id);
    const { orphans, term } = await lead();
    await orphans.collect();
    for (const id of ['one', 'two']) await operator.decideForeign(id, 'adopt');
    await orphans.collect();
    expect(term.signal.aborted).toBe(true);
    const taken = await store.controller.storeId();
    const others = await operator.foreignStores();
    expect([taken, ...others.map(({ storeId }) => storeId)].sort()).toEqual(['one', 'two']);
  });

  test('are not noted by a leader that no longer is one', async () => {
    const { lead, store, operator } = await bench();
    const { term } = await lead();
    await lead();
    const note = store.controller.noteForeign(term.fence, new Map([['other', 2]]));
    expect(await codeOf(note)).toBe('Fenced');
    expect(await operator.foreignStores()).toEqual([]);
  });
});
