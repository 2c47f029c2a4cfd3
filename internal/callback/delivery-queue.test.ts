import { describe, expect, it } from 'vitest';
import type { OutboxEntry } from '../store/ports.ts';
import { DeliveryQueue } from './delivery-queue.ts';

function entry(jobUid: string, host: string, namespace = 'default'): OutboxEntry {
  return { jobUid, url: `http://${host}/done`, namespace, attempts: 0 };
}

function entries(host: string, count: number, namespace?: string): OutboxEntry[] {
  return Array.from({ length: count }, (_, n) => entry(`${host}-${n}`, host, namespace));
}

/** Offers what a look found, as it stands at monotonic 0. */
function offer(queue: DeliveryQueue, due: OutboxEntry[], monotonic = 0): void {
  queue.beginLook();
  queue.offer(due, monotonic);
}

/** Takes all that may start now. */
function takeAll(queue: DeliveryQueue): string[] {
  const taken: string[] = [];
  for (let next = queue.take(); next; next = queue.take()) taken.push(next.jobUid);
  return taken;
}

/** Lets every one of these hosts fail once. */
function fail(queue: DeliveryQueue, hosts: string[]): void {
  for (const host of hosts) {
    offer(queue, [entry(`first-${host}`, host)]);
    for (const jobUid of takeAll(queue)) queue.done(jobUid, true);
  }
}

describe('the queue', () => {
  it('gives the oldest of a host first, and the hosts take turns', () => {
    const queue = new DeliveryQueue({ concurrency: 10, perHost: 10 });
    offer(queue, [...entries('a', 3), ...entries('b', 2)]);
    expect(takeAll(queue)).toEqual(['a-0', 'b-0', 'a-1', 'b-1', 'a-2']);
  });

  it('starts no more at a time than it may, in all and to one host', () => {
    const queue = new DeliveryQueue({ concurrency: 3, perHost: 2 });
    offer(queue, [...entries('a', 5), ...entries('b', 5)]);
    expect(takeAll(queue)).toEqual(['a-0', 'b-0', 'a-1']);
    expect(queue.isFull).toBe(true);
    queue.done('b-0', false);
    expect(takeAll(queue)).toEqual(['b-1']);
  });

  it('takes ports for hosts of their own, and letters of any case for the same', () => {
    const queue = new DeliveryQueue({ concurrency: 9, perHost: 1 });
    offer(queue, [entry('1', 'a:1'), entry('2', 'a:2'), entry('3', 'A:1')]);
    expect(takeAll(queue)).toEqual(['1', '2']);
  });

  it('gives URLs that cannot be read too: they have to be given up', () => {
    const queue = new DeliveryQueue({ concurrency: 1, perHost: 1 });
    offer(queue, [{ jobUid: 'x', url: '', attempts: 0 }]);
    expect(takeAll(queue)).toEqual(['x']);
  });

  it('is idle when nothing waits and nothing is under way', () => {
    const queue = new DeliveryQueue({ concurrency: 1, perHost: 1 });
    expect(queue.isIdle).toBe(true);
    offer(queue, entries('a', 1));
    expect(queue.isIdle).toBe(false);
    takeAll(queue);
    expect(queue.isIdle).toBe(false);
    queue.done('a-0', false);
    expect(queue.isIdle).toBe(true);
  });
});

describe('namespaces', () => {
  it('share the places, however many callbacks each of them has', () => {
    const queue = new DeliveryQueue({ concurrency: 4, perHost: 9 });
    offer(queue, [
      ...entries('a', 9, 'many'),
      ...entries('b', 2, 'few'),
      ...entries('c', 1, 'one'),
    ]);
    expect(takeAll(queue)).toEqual(['a-0', 'b-0', 'c-0', 'a-1']);
    queue.done('a-0', false);
    expect(takeAll(queue)).toEqual(['b-1']);
  });

  it('have only so many under way, also of slow ones', () => {
    const queue = new DeliveryQueue({ concurrency: 2, perHost: 9 });
    offer(queue, entries('a', 9, 'many'));
    for (const jobUid of takeAll(queue)) queue.slow(jobUid);
    for (const jobUid of takeAll(queue)) queue.slow(jobUid);
    expect(takeAll(queue)).toEqual([]);
    queue.offer([...entries('a', 9, 'many'), ...entries('b', 1, 'few')], 0);
    expect(takeAll(queue)).toEqual(['b-0']);
    queue.done('a-1', false);
    expect(takeAll(queue)).toEqual(['a-4']);
  });
});

describe('a slow delivery', () => {
  it('gives its place back, and still counts for its host and its job', () => {
    const queue = new DeliveryQueue({ concurrency: 1, perHost: 1 });
    offer(queue, [...entries('a', 2), ...entries('b', 1)]);
    expect(takeAll(queue)).toEqual(['a-0']);
    queue.slow('a-0');
    expect(takeAll(queue)).toEqual(['b-0']);
    queue.done('b-0', false);
    offer(queue, entries('a', 2));
    expect(takeAll(queue)).toEqual([]);
    queue.done('a-0', false);
    expect(takeAll(queue)).toEqual(['a-1']);
  });

  it('is one of a bounded number in all', () => {
    const queue = new DeliveryQueue({ concurrency: 1, perHost: 1 });
    offer(
      queue,
      Array.from({ length: 20 }, (_, n) => entry(`${n}`, `h${n}`, `n${n}`)),
    );
    let started = 0;
    for (let taken = takeAll(queue); taken.length > 0; taken = takeAll(queue)) {
      started += taken.length;
      for (const jobUid of taken) queue.slow(jobUid);
    }
    expect(started).toBe(8);
    expect(queue.isFull).toBe(true);
  });
});

describe('a job', () => {
  it('that is under way is not given again', () => {
    const queue = new DeliveryQueue({ concurrency: 9, perHost: 9 });
    offer(queue, entries('a', 1));
    expect(takeAll(queue)).toEqual(['a-0']);
    offer(queue, entries('a', 1));
    expect(takeAll(queue)).toEqual([]);
  });

  it('that was done during a look is not given for what that look says', () => {
    const queue = new DeliveryQueue({ concurrency: 9, perHost: 9 });
    offer(queue, entries('a', 1));
    takeAll(queue);
    queue.beginLook();
    queue.done('a-0', false);
    queue.offer(entries('a', 1), 0);
    expect(takeAll(queue)).toEqual([]);
    offer(queue, entries('a', 1));
    expect(takeAll(queue)).toEqual(['a-0']);
  });

  it('is not given before its time, whatever the wall clock of the look said', () => {
    const queue = new DeliveryQueue({ concurrency: 9, perHost: 9 });
    offer(queue, entries('a', 1));
    takeAll(queue);
    queue.done('a-0', true, 1000);
    const tried = entries('a', 1).map((entry) => ({ ...entry, attempts: 1 }));
    offer(queue, tried, 999);
    expect(takeAll(queue)).toEqual([]);
    offer(queue, tried, 1000);
    expect(takeAll(queue)).toEqual(['a-0']);
  });

  it('whose tries are counted anew is given at once: somebody has asked for it', () => {
    const queue = new DeliveryQueue({ concurrency: 9, perHost: 9 });
    offer(queue, entries('a', 1));
    takeAll(queue);
    queue.done('a-0', true, 1000);
    offer(queue, entries('a', 1), 1);
    expect(takeAll(queue)).toEqual(['a-0']);
  });

  it('that the store does not name any more is not given', () => {
    const queue = new DeliveryQueue({ concurrency: 9, perHost: 9 });
    offer(queue, entries('a', 2));
    offer(queue, entries('b', 1));
    expect(takeAll(queue)).toEqual(['b-0']);
  });
});

describe('hosts that failed', () => {
  const DEAD = ['d1', 'd2', 'd3', 'd4', 'd5'];
  const deadJobs = DEAD.flatMap((host) => entries(host, 4));

  it('however many, leave places to those that did not', () => {
    const queue = new DeliveryQueue({ concurrency: 6, perHost: 2 });
    fail(queue, DEAD);
    offer(queue, [...deadJobs, ...entries('alive', 3)]);
    const taken = takeAll(queue);
    expect(taken).toHaveLength(6);
    expect(taken.filter((uid) => uid.startsWith('alive'))).toEqual(['alive-0', 'alive-1']);
  });

  it('leave places of their own namespace too, when they are slow', () => {
    const queue = new DeliveryQueue({ concurrency: 3, perHost: 1 });
    fail(queue, [...DEAD, 'd6']);
    const dead = [...DEAD, 'd6'].flatMap((host) => entries(host, 1));
    for (let n = 0; n < 4; n += 1) {
      offer(queue, dead);
      for (const jobUid of takeAll(queue)) queue.slow(jobUid);
    }
    offer(queue, [...dead, ...entries('alive', 1)]);
    expect(takeAll(queue)).toEqual(['alive-0']);
  });

  it('are still tried when there are fewer places than a host may have', () => {
    const queue = new DeliveryQueue({ concurrency: 1, perHost: 4 });
    fail(queue, DEAD);
    offer(queue, entries('d1', 1));
    expect(takeAll(queue)).toEqual(['d1-0']);
  });

  it('are trusted again after a success', () => {
    const queue = new DeliveryQueue({ concurrency: 2, perHost: 1 });
    fail(queue, ['d1', 'd2']);
    offer(queue, [...entries('d1', 1), ...entries('d2', 1)]);
    expect(takeAll(queue)).toEqual(['d1-0']);
    queue.done('d1-0', false);
    offer(queue, [...entries('d2', 1), entry('again', 'd1')]);
    expect(takeAll(queue)).toEqual(['d2-0', 'again']);
  });

  it('are not trusted for a try of which nothing is known', () => {
    const queue = new DeliveryQueue({ concurrency: 2, perHost: 1 });
    fail(queue, ['d1', 'd2']);
    offer(queue, entries('d1', 1));
    takeAll(queue);
    queue.done('d1-0', undefined);
    offer(queue, [...entries('d2', 1), entry('again', 'd1')]);
    expect(takeAll(queue)).toEqual(['d2-0']);
  });
});
