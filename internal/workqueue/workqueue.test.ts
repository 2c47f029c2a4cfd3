import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../clock/fake-clock.ts';
import { WorkQueue } from './workqueue.ts';

let clock: FakeClock;
let queue: WorkQueue<string>;

beforeEach(() => {
  clock = new FakeClock();
  queue = new WorkQueue<string>(clock, { baseMs: 10, maxMs: 50 });
});

/** Takes what is ready now, without waiting. */
async function drain(): Promise<string[]> {
  const keys: string[] = [];
  while (queue.depth > 0) {
    const key = await queue.get();
    if (key !== undefined) keys.push(key);
  }
  return keys;
}

describe('a work queue', () => {
  it('hands out keys in the order they came', async () => {
    for (const key of ['a', 'b', 'c']) queue.add(key);
    expect(await drain()).toEqual(['a', 'b', 'c']);
  });

  it('hands out first what was added first, each in its order, and moves what waits', async () => {
    for (const key of ['a', 'b']) queue.add(key);
    for (const key of ['x', 'y', 'b', 'x']) queue.addFirst(key);
    expect(await drain()).toEqual(['x', 'y', 'b', 'a']);
  });

  it('lets one of four be of the rest while others keep going first', async () => {
    for (const key of ['a', 'b']) queue.add(key);
    for (let i = 0; i < 7; i++) queue.addFirst(`first ${i}`);
    const keys = await drain();
    expect([keys.indexOf('a'), keys.indexOf('b')]).toEqual([3, 7]);
  });

  it('hands a key out again before the rest if that was asked for while it was processed', async () => {
    queue.add('a');
    await queue.get();
    for (const key of ['b', 'a']) queue.add(key);
    queue.addFirst('a');
    queue.done('a');
    expect(await drain()).toEqual(['a', 'b']);
  });

  it('holds a key once, however often it is added', async () => {
    queue.add('a');
    queue.add('a');
    expect(await drain()).toEqual(['a']);
  });

  it('gives a key that is being processed to nobody else', async () => {
    queue.add('a');
    await queue.get();
    queue.add('a');
    expect(queue.depth).toBe(0);
  });

  it('runs a key again that was added while it was processed, once', async () => {
    queue.add('a');
    await queue.get();
    queue.add('a');
    queue.add('a');
    queue.done('a');
    expect(await drain()).toEqual(['a']);
    queue.done('a');
    expect(queue.depth).toBe(0);
  });

  it('wakes a waiting worker', async () => {
    const waiting = queue.get();
    queue.add('a');
    expect(await waiting).toBe('a');
  });

  it('adds later what was asked to be added later', () => {
    queue.addAfter('a', 100);
    clock.advance(99);
    expect(queue.depth).toBe(0);
    clock.advance(1);
    expect(queue.depth).toBe(1);
  });

  it('keeps the earlier of two delayed adds, whichever came first', () => {
    queue.addAfter('a', 100);
    queue.addAfter('a', 30);
    queue.addAfter('a', 200);
    clock.advance(30);
    expect(queue.depth).toBe(1);
  });

  it('doubles the delay of a key that fails, up to the limit, until it is forgotten', async () => {
    const delays: number[] = [];
    for (let failure = 0; failure < 5; failure++) {
      queue.addRateLimited('a');
      let waited = 0;
      while (queue.depth === 0) {
        clock.advance(1);
        waited++;
      }
      delays.push(waited);
      queue.done((await queue.get()) ?? '');
    }
    expect(delays).toEqual([10, 20, 40, 50, 50]);
    queue.forget('a');
    queue.addRateLimited('a');
    clock.advance(10);
    expect(queue.depth).toBe(1);
  });

  it('backs off each key by itself', () => {
    queue.addRateLimited('a');
    clock.advance(10);
    queue.addRateLimited('b');
    clock.advance(10);
    expect(queue.depth).toBe(2);
  });

  it('is not hurried by a jump of the wall clock', () => {
    queue.addAfter('a', 100);
    clock.jumpWall(3_600_000);
    expect(queue.depth).toBe(0);
  });

  it('ends all waiting when it is shut down, and takes no more keys', async () => {
    const waiting = queue.get();
    queue.addAfter('b', 10);
    queue.shutDown();
    queue.add('a');
    clock.advance(10);
    expect(await waiting).toBeUndefined();
    expect(await queue.get()).toBeUndefined();
    expect(queue.depth).toBe(0);
  });
});
