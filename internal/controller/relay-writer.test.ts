import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { RelayBudget } from './relay-budget.ts';
import { RelayWriter } from './relay-writer.ts';
import { RelaysInMemory } from './testing/relayed.ts';

const KIB = 1024;

function writer() {
  const logs = new RelaysInMemory();
  return { logs, writer: new RelayWriter({ logs, uid: 'J', index: 0, attempt: 1 }) };
}

describe('a writer of a relay', () => {
  it('writes what came during a write together, in one entry for each stream', async () => {
    const { logs, writer: to } = writer();
    let go = () => {};
    logs.held = new Promise((resolve) => {
      go = resolve;
    });
    for (let i = 0; i < 10; i++) to.take('stdout', i, Buffer.from(String(i)));
    to.take('stderr', 0, Buffer.from('e'));
    go();
    await to.flushed();
    expect(logs.chunks.map(({ stream, offset, data }) => [stream, offset, `${data}`])).toEqual([
      ['stdout', 0, '0'],
      ['stdout', 1, '123456789'],
      ['stderr', 0, 'e'],
    ]);
    expect(logs.writes).toBe(2);
  });

  it('cuts what is too long for one entry', async () => {
    const { logs, writer: to } = writer();
    await to.take('stdout', 0, Buffer.alloc(150 * KIB, 'x'));
    await to.flushed();
    expect(logs.chunks.map(({ data }) => data.length / KIB)).toEqual([64, 64, 22]);
  });

  it('holds up who brings more than fits, until it is written', async () => {
    const { logs, writer: to } = writer();
    let go = () => {};
    logs.held = new Promise((resolve) => {
      go = resolve;
    });
    expect(to.take('stdout', 0, Buffer.alloc(KIB))).toBeUndefined();
    const held = to.take('stdout', KIB, Buffer.alloc(300 * KIB));
    let over = false;
    const waiting = Promise.resolve(held).then(() => {
      over = true;
    });
    await setImmediate();
    expect(over).toBe(false);
    go();
    await waiting;
    expect(logs.text('stdout')).toHaveLength(301 * KIB);
  });

  it('tells once of a write that failed, and takes what it had once more', async () => {
    const { logs, writer: to } = writer();
    to.take('stdout', 0, Buffer.from('kept'));
    await to.flushed();
    logs.failure = new Error('away');
    to.take('stdout', 4, Buffer.from('lost'));
    await expect(to.flushed()).rejects.toThrow('away');
    logs.failure = undefined;
    to.take('stdout', 0, Buffer.from('keptlost'));
    await to.flushed();
    expect(logs.chunks.map(({ offset, data }) => [offset, `${data}`])).toEqual([
      [0, 'kept'],
      [4, 'lost'],
    ]);
  });
});

describe('the budget of a relay', () => {
  /** What is kept after each of these entries, in bytes. */
  function kept(bytes: number, entries: number): number[] {
    const budget = new RelayBudget();
    const sizes: number[] = [];
    let first = 0;
    for (let i = 0; i < entries; i++) {
      const before = budget.add(String(i), 1, bytes);
      if (before !== undefined) first = Number(before);
      sizes.push((i - first + 1) * bytes);
    }
    return sizes;
  }

  it('keeps the last 2 MiB, and not much more', () => {
    const sizes = kept(10 * KIB, 1000);
    expect(Math.max(...sizes)).toBeLessThan(2.3 * KIB * KIB);
    expect(Math.min(...sizes.slice(300))).toBeGreaterThan(1.9 * KIB * KIB);
  });

  it('keeps all of a log that is shorter', () => {
    expect(kept(KIB, 1000).at(-1)).toBe(1000 * KIB);
  });

  it('bounds the number of entries too: each costs more than its bytes', () => {
    expect(kept(1, 100_000).at(-1)).toBeLessThan(40_000);
  });
});
