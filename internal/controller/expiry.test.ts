import { setImmediate } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { Bell } from '../clock/bell.ts';
import { FakeClock } from '../clock/fake-clock.ts';
import type { ControllerStore } from '../store/index.ts';
import { removeExpired } from './expiry.ts';

it('removes what is due every five seconds, and at once when it is told to', async () => {
  const clock = new FakeClock();
  const bell = new Bell();
  const due = ['a'];
  const removed: string[] = [];
  const store: Partial<ControllerStore> = {
    expiredJobs: async () => due.splice(0),
    expireJob: async (_fence, uid) => {
      removed.push(uid);
    },
  };
  const stop = new AbortController();
  const { signal } = stop;
  const turns = async () => {
    for (let turn = 0; turn < 4; turn++) await setImmediate();
  };
  const running = removeExpired({
    ...{ store: store as ControllerStore, bell, clock, log: pino({ level: 'silent' }) },
    term: { fence: { token: 1 }, signal, mayAct: () => true, end: () => {} },
  });
  await turns();
  expect(removed).toEqual(['a']);
  due.push('b');
  bell.ring();
  await turns();
  expect(removed).toEqual(['a', 'b']);
  due.push('c');
  clock.advance(4000);
  await turns();
  expect(removed).toEqual(['a', 'b']);
  clock.advance(1000);
  await turns();
  expect(removed).toEqual(['a', 'b', 'c']);
  stop.abort();
  await running;
});
