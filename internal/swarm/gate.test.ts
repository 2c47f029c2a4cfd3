import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Gate } from './gate.ts';

/** Work that ends when it is told to. */
function works(gate: Gate) {
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const start = (n: number) =>
    gate.run(async () => {
      begun.push(n);
      await new Promise<void>((resolve) => {
        ends[n] = resolve;
      });
    });
  return { begun, start, end: (n: number) => ends[n]?.() };
}

describe('Gate', () => {
  it('lets in as much as it may, and the rest in the order in which it came', async () => {
    const { begun, start, end } = works(new Gate(() => 2));
    for (const n of [0, 1, 2, 3]) void start(n);
    expect(begun).toEqual([0, 1]);
    end(1);
    await setImmediate();
    expect(begun).toEqual([0, 1, 2]);
    end(0);
    end(2);
    await setImmediate();
    expect(begun).toEqual([0, 1, 2, 3]);
  });

  it('lets nobody in while more is under way than a limit that was lowered', async () => {
    let limit = 3;
    const { begun, start, end } = works(new Gate(() => limit));
    for (const n of [0, 1, 2, 3]) void start(n);
    limit = 1;
    end(0);
    end(1);
    await setImmediate();
    expect(begun).toEqual([0, 1, 2]);
    end(2);
    await setImmediate();
    expect(begun).toEqual([0, 1, 2, 3]);
  });

  it('frees the place of work that fails', async () => {
    const gate = new Gate(() => 1);
    await expect(gate.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await gate.run(async () => 'in')).toBe('in');
  });
});
