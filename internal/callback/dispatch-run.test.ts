import { describe, expect, it } from 'vitest';
import { StoreError } from '../store/errors.ts';
import type { Outcome } from './outcome.ts';
import { DELIVERED, DispatchBench, hang } from './testing/dispatch.ts';

const HOUR = 60 * 60 * 1000;

describe('a fence that is refused', () => {
  it('ends the run, cuts off what is under way and starts nothing more', async () => {
    const bench = new DispatchBench(({ jobUid }) => (jobUid === 'slow' ? hang() : DELIVERED));
    bench.outbox.leader = 2;
    bench.add('slow', 'slow');
    bench.add('a', 'other');
    await bench.start(1);
    expect(bench.ended).toBe(true);
    bench.add('b');
    bench.dispatcher.wake();
    await bench.pass(HOUR, 5000);
    expect(bench.outbox.records).toEqual([]);
    expect(bench.tries).toHaveLength(2);
  });
});

describe('a store that is away', () => {
  it('delays the run and never ends it', async () => {
    const bench = new DispatchBench(() => DELIVERED);
    bench.outbox.away = true;
    await bench.start();
    await bench.pass(HOUR, 1000);
    expect(bench.ended).toBe(false);
    bench.add('a');
    bench.outbox.away = false;
    await bench.pass(5000);
    expect(bench.outbox.records).toHaveLength(1);
  });

  it('does not make the result of a try be lost: it is sent once', async () => {
    const bench = new DispatchBench(() => {
      bench.outbox.away = true;
      return DELIVERED;
    });
    bench.add('a');
    await bench.start();
    await bench.pass(60_000, 1000);
    expect(bench.outbox.records).toEqual([]);
    bench.outbox.away = false;
    await bench.pass(60_000, 1000);
    expect(bench.tries).toHaveLength(1);
    expect(bench.outbox.records).toMatchObject([{ result: { kind: 'delivered' } }]);
  });

  it('while a job is read has its callback sent later', async () => {
    const away = new StoreError('Unavailable', 'Redis is away');
    const bench = new DispatchBench((_, count) => {
      if (count < 3) throw away;
      return DELIVERED;
    });
    bench.add('a');
    await bench.start();
    await bench.pass(1000);
    expect(bench.outbox.records).toMatchObject([{ result: { kind: 'delivered' } }]);
  });
});

describe('a stop', () => {
  it('lets what is under way end, and starts nothing of what waits', async () => {
    let answer = (_: Outcome) => {};
    const script = () =>
      new Promise<Outcome>((resolve) => {
        answer = resolve;
      });
    const bench = new DispatchBench(script, { limits: { concurrency: 1, perHost: 1 } });
    bench.add('a');
    bench.add('b');
    await bench.start();
    await bench.stop();
    bench.dispatcher.wake();
    await bench.pass(4900);
    expect(bench.ended).toBe(false);
    answer(DELIVERED);
    await bench.settle();
    expect(bench.ended).toBe(true);
    expect(bench.outbox.records).toMatchObject([{ jobUid: 'a', result: { kind: 'delivered' } }]);
    expect(bench.triesOf('b')).toEqual([]);
  });

  it('cuts off after its grace what does not end, and leaves it due', async () => {
    const bench = new DispatchBench(hang);
    bench.add('a');
    await bench.start();
    const due = bench.outbox.dueAt('a');
    await bench.stop();
    await bench.pass(4900);
    expect(bench.ended).toBe(false);
    await bench.pass(100);
    expect(bench.ended).toBe(true);
    expect(bench.outbox.records).toEqual([]);
    expect(bench.outbox.dueAt('a')).toBe(due);
  });

  it('does not wait longer for a result that cannot be recorded', async () => {
    const bench = new DispatchBench(() => {
      bench.outbox.away = true;
      return DELIVERED;
    });
    bench.add('a');
    await bench.start();
    await bench.stop();
    await bench.pass(5000);
    expect(bench.ended).toBe(true);
  });

  it('ends an idle run at once, also one whose store is away', async () => {
    const idle = new DispatchBench(() => DELIVERED);
    await idle.start();
    await idle.stop();
    expect(idle.ended).toBe(true);
    const away = new DispatchBench(() => DELIVERED);
    away.outbox.away = true;
    await away.start();
    await away.stop();
    expect(away.ended).toBe(true);
  });

  it('before the start sends nothing', async () => {
    const bench = new DispatchBench(() => DELIVERED);
    bench.add('a');
    await bench.stop();
    await bench.start();
    expect(bench.ended).toBe(true);
    expect(bench.tries).toEqual([]);
  });
});
