import { describe, expect, it, onTestFinished } from 'vitest';
import type { DeliveryResult } from '../store/ports.ts';
import type { Outcome } from './outcome.ts';
import { DELIVERED, DispatchBench, FAILED, hang } from './testing/dispatch.ts';

const HOUR = 60 * 60 * 1000;

describe('a callback', () => {
  it('that is delivered is recorded once and never sent again', async () => {
    const bench = new DispatchBench(() => DELIVERED);
    bench.add('a');
    await bench.start();
    const at = bench.clock.now();
    await bench.pass(HOUR, 5000);
    expect(bench.tries).toHaveLength(1);
    const result = { kind: 'delivered', status: 200, at, tookMs: 0 };
    expect(bench.outbox.records).toEqual([{ jobUid: 'a', result }]);
    expect(bench.outbox.dueAt('a')).toBeUndefined();
  });

  it('is told to its trace once it is recorded, as it is recorded', async () => {
    const told: DeliveryResult[] = [];
    const trace = { traceparent: 't', ended: (result: DeliveryResult) => told.push(result) };
    const bench = new DispatchBench((_, count) => ({ ...(count < 2 ? FAILED : DELIVERED), trace }));
    bench.add('a');
    await bench.start();
    await bench.pass(10_000);
    expect(told).toEqual(bench.outbox.records.map(({ result }) => result));
    expect(told.map(({ kind }) => kind)).toEqual(['retry', 'delivered']);
  });

  it('that failed is sent again when its time has come, and not before', async () => {
    const bench = new DispatchBench((_, count) => (count < 4 ? FAILED : DELIVERED));
    bench.add('a');
    await bench.start();
    const start = bench.clock.now();
    await bench.pass(10_000);
    const times = bench.triesOf('a').map(({ at }) => at - start);
    expect(times).toEqual([0, 1000, 3000, 7000]);
    expect(bench.triesOf('a').map(({ entry }) => entry.attempts)).toEqual([0, 1, 2, 3]);
    expect(bench.outbox.records.map(({ result }) => result.kind)).toEqual([
      'retry',
      'retry',
      'retry',
      'delivered',
    ]);
  });

  it('waits as long as the receiver asks', async () => {
    const busy: Outcome = { kind: 'retry', error: 'busy', retryAfterMs: 60_000 };
    const bench = new DispatchBench((_, count) => (count === 1 ? busy : DELIVERED));
    bench.add('a');
    await bench.start();
    await bench.pass(59_900);
    expect(bench.tries).toHaveLength(1);
    await bench.pass(200);
    expect(bench.tries).toHaveLength(2);
  });

  it('is given up after its last try, with the reason', async () => {
    const backoff = { firstMs: 1000, maxMs: 1000, totalMs: 2000 };
    const bench = new DispatchBench(() => FAILED, { backoff });
    bench.add('a');
    await bench.start();
    await bench.pass(HOUR, 1000);
    expect(bench.tries).toHaveLength(3);
    const error = 'h answered 500. Given up after 3 tries.';
    expect(bench.outbox.records.at(-1)).toMatchObject({ result: { kind: 'dead', error } });
    expect(bench.outbox.dueAt('a')).toBeUndefined();
  });

  it('that the receiver does not want any more is given up at once', async () => {
    const bench = new DispatchBench(() => ({ kind: 'dead', error: 'gone', status: 410 }));
    bench.add('a');
    await bench.start();
    expect(bench.outbox.records).toMatchObject([{ result: { kind: 'dead', status: 410 } }]);
  });

  it('that somebody wants delivered again does not wait for its next try', async () => {
    const busy: Outcome = { kind: 'retry', error: 'busy', retryAfterMs: HOUR };
    const bench = new DispatchBench((_, count) => (count === 1 ? busy : DELIVERED));
    bench.add('a');
    await bench.start();
    // As a redelivery does: due at once, with its tries counted anew.
    bench.add('a');
    bench.dispatcher.wake();
    await bench.settle();
    expect(bench.triesOf('a').map(({ entry }) => entry.attempts)).toEqual([0, 0]);
    expect(bench.outbox.records.at(-1)).toMatchObject({ result: { kind: 'delivered' } });
  });

  it('is recorded with how long its try took, whatever the wall clock did, and the reply', async () => {
    let answer = (_: Outcome) => {};
    const script = () =>
      new Promise<Outcome>((resolve) => {
        answer = resolve;
      });
    const bench = new DispatchBench(script);
    bench.add('a');
    await bench.start();
    await bench.pass(700);
    bench.clock.jumpWall(-HOUR);
    answer({ ...DELIVERED, reply: Buffer.from('ok') });
    await bench.settle();
    expect(bench.outbox.records).toMatchObject([
      { result: { kind: 'delivered', tookMs: 700, reply: Buffer.from('ok') } },
    ]);
  });

  it('is not sent a second time while it is under way', async () => {
    const bench = new DispatchBench(hang);
    bench.add('a');
    await bench.start();
    for (let n = 0; n < 5; n += 1) {
      bench.dispatcher.wake();
      await bench.pass(2000);
    }
    expect(bench.tries).toHaveLength(1);
  });

  it('keeps its wait although the wall clock jumps ahead', async () => {
    const bench = new DispatchBench((_, count) => (count === 1 ? FAILED : DELIVERED));
    bench.add('a');
    await bench.start();
    bench.clock.jumpWall(HOUR);
    bench.dispatcher.wake();
    await bench.pass(800);
    expect(bench.tries).toHaveLength(1);
    await bench.pass(2000);
    expect(bench.tries).toHaveLength(2);
  });
});

describe('the dispatcher', () => {
  it('sends at once when it is woken', async () => {
    const bench = new DispatchBench(() => DELIVERED);
    await bench.start();
    bench.add('a');
    await bench.settle();
    expect(bench.tries).toHaveLength(0);
    bench.dispatcher.wake();
    await bench.settle();
    expect(bench.outbox.records).toHaveLength(1);
  });

  it('remembers that it was woken while it looked', async () => {
    const bench = new DispatchBench(() => DELIVERED);
    const dueCallbacks = bench.outbox.dueCallbacks.bind(bench.outbox);
    let looks = 0;
    bench.outbox.dueCallbacks = async (now, limit) => {
      const due = await dueCallbacks(now, limit);
      looks += 1;
      // Enqueued just after this look, before it is used.
      if (looks === 1) bench.add('a');
      if (looks === 1) bench.dispatcher.wake();
      return due;
    };
    await bench.start();
    expect(bench.outbox.records).toHaveLength(1);
  });

  it('finds within 5 s what was enqueued without a word', async () => {
    const bench = new DispatchBench(() => DELIVERED);
    await bench.start();
    bench.add('a');
    await bench.pass(5000);
    expect(bench.outbox.records).toHaveLength(1);
  });

  it('finds within 1 s what was enqueued while others are under way', async () => {
    const bench = new DispatchBench(({ jobUid }) => (jobUid === 'slow' ? hang() : DELIVERED));
    bench.add('slow');
    await bench.start();
    bench.add('a', 'other');
    await bench.pass(1000);
    expect(bench.outbox.records).toMatchObject([{ jobUid: 'a' }]);
  });

  it('delivers many, as places become free, without waiting for the next look', async () => {
    const bench = new DispatchBench(() => DELIVERED);
    for (let n = 0; n < 1000; n += 1) bench.add(`job-${n}`, `h${n % 7}`);
    await bench.start();
    await bench.pass(2000);
    expect(bench.outbox.records).toHaveLength(1000);
  });

  it('lets a dead host with many jobs hold up nobody', async () => {
    const bench = new DispatchBench(({ url }) => (url.includes('dead') ? hang() : DELIVERED));
    for (let n = 0; n < 2000; n += 1) bench.add(`dead-${n}`, 'dead');
    await bench.start();
    bench.clock.advance(1);
    bench.add('alive', 'alive');
    await bench.pass(1000);
    expect(bench.outbox.records).toMatchObject([{ jobUid: 'alive' }]);
    expect(bench.tries.filter(({ entry }) => entry.url.includes('dead'))).toHaveLength(4);
  });

  it('lets a hundred receivers of one namespace that hang hold up no other namespace', async () => {
    const bench = new DispatchBench(({ url }) => (url.includes('dead') ? hang() : DELIVERED));
    for (let n = 0; n < 100; n += 1) bench.add(`dead-${n}`, `dead-${n}`, 'noisy');
    await bench.start();
    await bench.pass(3000);
    for (let n = 0; n < 5; n += 1) {
      bench.add(`alive-${n}`, `alive-${n}`, `other-${n}`);
      bench.dispatcher.wake();
      await bench.settle();
      expect(bench.outbox.records).toHaveLength(n + 1);
    }
    expect(bench.tries.length - 5).toBe(32);
  });

  it('lets eight receivers that hang hold up none of their own namespace either', async () => {
    const bench = new DispatchBench(({ url }) => (url.includes('dead') ? hang() : DELIVERED));
    for (let n = 0; n < 8; n += 1) bench.add(`dead-${n}`, `dead-${n}`);
    bench.add('alive', 'alive');
    await bench.start();
    expect(bench.outbox.records).toMatchObject([{ jobUid: 'alive' }]);
  });

  it('has a place for each of many namespaces although all of their receivers hang', async () => {
    const bench = new DispatchBench(hang);
    for (let n = 0; n < 120; n += 1) bench.add(`job-${n}`, `h${n}`, `n${n % 60}`);
    await bench.start();
    await bench.pass(4000);
    expect(bench.tries).toHaveLength(120);
  });

  it('has its places filled without a warning of node', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    onTestFinished(() => void process.off('warning', note));
    const bench = new DispatchBench(hang);
    for (let n = 0; n < 16; n += 1) bench.add(`job-${n}`, `h${n}`);
    await bench.start();
    expect(bench.tries).toHaveLength(16);
    expect(warnings).toEqual([]);
  });

  it('delivers in a second term what the first one left', async () => {
    let answer: Outcome | Promise<Outcome> = hang();
    const bench = new DispatchBench(() => answer);
    bench.add('a');
    await bench.start();
    bench.outbox.leader = 2;
    bench.outbox.add('b', 'http://other/');
    answer = DELIVERED;
    bench.dispatcher.wake();
    await bench.settle();
    expect(bench.ended).toBe(true);
    expect(bench.outbox.records).toEqual([]);
    await bench.start(2);
    expect(bench.outbox.records.map(({ jobUid }) => jobUid).sort()).toEqual(['a', 'b']);
  });
});
