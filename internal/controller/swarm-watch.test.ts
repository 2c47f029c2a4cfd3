import { pino } from 'pino';
import { beforeEach, expect, it } from 'vitest';
import type { JobEvent, SwarmIdentity } from '../apis/index.ts';
import { FakeClock } from '../clock/fake-clock.ts';
import type { EngineInfo } from '../swarm/index.ts';
import { SwarmWatch } from './swarm-watch.ts';

let clock: FakeClock;
let clusterId: string;
let noted: SwarmIdentity | undefined;
/** What was done, in its order. */
let done: string[];

beforeEach(() => {
  clock = new FakeClock();
  clusterId = 'first';
  noted = undefined;
  done = [];
});

/** That of a new term. */
function newWatch(): SwarmWatch {
  return new SwarmWatch({
    store: {
      readCluster: async () => noted,
      noteCluster: async (_, cluster) => {
        noted = cluster;
        done.push(`noted ${cluster.id}`);
      },
      addEvent: async (uid: string, { type }: JobEvent) => {
        done.push(`told ${uid} ${type}`);
      },
    },
    engine: { info: async () => ({ clusterId }) as EngineInfo },
    term: {
      ...{ fence: { token: 1 }, signal: new AbortController().signal },
      ...{ mayAct: () => true, end() {} },
    },
    clock,
    log: pino({ level: 'silent' }),
  });
}

it('takes the first swarm for the one of all that was ever claimed', async () => {
  const watch = newWatch();
  await watch.check(['J']);
  expect(done).toEqual(['noted first']);
  expect(watch.isOfEarlier(1)).toBe(false);
});

it('tells each job once of another swarm before that is noted, in a later term too', async () => {
  await newWatch().check([]);
  clusterId = 'second';
  clock.advance(1000);
  const watch = newWatch();
  const claimedAt = clock.now() - 1;
  await watch.check(['J', 'K', 'J']);
  expect(done.slice(1)).toEqual(['told J SwarmReplaced', 'told K SwarmReplaced', 'noted second']);
  expect([claimedAt, clock.now()].map((at) => watch.isOfEarlier(at))).toEqual([true, false]);
  await watch.check(['J']);
  const next = newWatch();
  await next.check(['J']);
  expect(done).toHaveLength(4);
  expect(next.isOfEarlier(claimedAt)).toBe(true);
});

it('makes nothing of an engine that has left its swarm', async () => {
  const watch = newWatch();
  await watch.check([]);
  clusterId = '';
  await watch.check(['J']);
  expect(done).toEqual(['noted first']);
});
