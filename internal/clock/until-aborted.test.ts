import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { untilAborted } from './until-aborted.ts';

const never = new Promise<string>(() => {});

it('gives what the work comes to, and leaves no listener', async () => {
  const { signal } = new AbortController();
  for (let turn = 0; turn < 100; turn++) {
    expect(await untilAborted(Promise.resolve(turn), signal)).toBe(turn);
  }
  const failed = untilAborted(Promise.reject(new Error('broken')), signal);
  await expect(failed).rejects.toThrow('broken');
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

it('waits no longer than for the signal', async () => {
  const stop = new AbortController();
  const waiting = untilAborted(never, stop.signal);
  stop.abort();
  expect(await waiting).toBeUndefined();
  expect(await untilAborted(never, stop.signal)).toBeUndefined();
});

it('drops what the work throws after the signal', async () => {
  const stop = new AbortController();
  let fail = (_: Error) => {};
  const work = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const waiting = untilAborted(work, stop.signal);
  stop.abort();
  await waiting;
  fail(new Error('late'));
});
