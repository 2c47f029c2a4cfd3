import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { type AttemptId, attemptLabels, serviceName } from '../apis/index.ts';
import { FakeClock } from '../clock/fake-clock.ts';
import type { ControllerStore } from '../store/index.ts';
import type { Engine, ObservedService } from '../swarm/index.ts';
import type { Term } from './elector.ts';
import { OrphanCollector } from './orphans.ts';

const owner = { instance: 'default', storeId: '01STORE' };
const attempt = (number: number): AttemptId => ({ jobUid: 'J', index: 0, attempt: number });

let services: ObservedService[];
/** Numbers of the attempts that are current. */
let current: number[];
/** How often it was asked whether an attempt is current. */
let asked: number;
/** After how many of these questions the lease could have run out. */
let heldFor: number;
let collector: OrphanCollector;

beforeEach(() => {
  services = [1, 2, 3].map((number) => ({
    id: `s${number}`,
    name: serviceName(attempt(number)),
    labels: attemptLabels(owner, attempt(number)),
  }));
  current = [3];
  asked = 0;
  heldFor = Number.POSITIVE_INFINITY;
  const engine: Partial<Engine> = {
    listServices: async () => [...services],
    removeService: async (id) => {
      services = services.filter((service) => service.id !== id);
    },
  };
  const store: Partial<ControllerStore> = {
    isCurrent: async (_uid, _index, number) => {
      asked += 1;
      return current.includes(number);
    },
    foreignDecisions: async () => new Map(),
    noteForeign: async () => new Map(),
  };
  const term: Term = {
    fence: { token: 1 },
    signal: new AbortController().signal,
    mayAct: () => asked < heldFor,
    end: () => {},
  };
  collector = new OrphanCollector({
    engine: engine as Engine,
    store: store as ControllerStore,
    ...{ owner, term, clock: new FakeClock(), log: pino({ level: 'silent' }) },
  });
});

describe('a collection', () => {
  it('removes the services whose attempt is not current, and no other', async () => {
    await collector.collect();
    expect(services.map(({ id }) => id)).toEqual(['s3']);
  });

  it('removes nothing when the lease could have run out while it asked what is current', async () => {
    heldFor = 3;
    await collector.collect();
    expect(asked).toBe(3);
    expect(services.map(({ id }) => id)).toEqual(['s1', 's2', 's3']);
  });

  it('leaves the services of another store alone', async () => {
    const labels = attemptLabels({ ...owner, storeId: '01OTHER' }, attempt(4));
    services = [{ id: 'theirs', name: serviceName(attempt(4)), labels }];
    await collector.collect();
    expect(services.map(({ id }) => id)).toEqual(['theirs']);
    expect(asked).toBe(0);
  });
});
