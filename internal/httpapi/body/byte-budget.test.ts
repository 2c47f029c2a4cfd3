import { describe, expect, it } from 'vitest';
import { ByteBudget } from './byte-budget.ts';

const STAYS = new AbortController().signal;

const limits = { total: 10, share: 10, most: 2 };

/** `a` is of no group, `a of x` is of the group x. */
function named(text: string): { sender: string; group?: string } {
  const [sender = '', group] = text.split(' of ');
  return group === undefined ? { sender } : { sender, group };
}

/** Work that goes on until it is told to end. */
function held(budget: ByteBudget, sender: string, bytes: number, gone = STAYS) {
  let begun = false;
  let end = () => {};
  const result = budget.run({ ...named(sender), bytes, gone }, () => {
    begun = true;
    return new Promise<string>((resolve) => {
      end = () => resolve(sender);
    });
  });
  return { result, begun: () => begun, end: () => end() };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('ByteBudget', () => {
  it('lets in what there is room for, and the others in the order of coming', async () => {
    const budget = new ByteBudget(limits);
    const [a, b, c] = [held(budget, 'a', 6), held(budget, 'b', 6), held(budget, 'c', 1)];
    await settled();
    expect([a.begun(), b.begun(), c.begun()]).toEqual([true, false, false]);
    a.end();
    expect(await a.result).toBe('a');
    await settled();
    expect([b.begun(), c.begun()]).toEqual([true, true]);
    b.end();
    c.end();
    await Promise.all([b.result, c.result]);
  });

  it('lets in what is larger than all there is, alone', async () => {
    const budget = new ByteBudget(limits);
    const [a, b] = [held(budget, 'a', 500), held(budget, 'b', 1)];
    await settled();
    expect([a.begun(), b.begun()]).toEqual([true, false]);
    a.end();
    await settled();
    expect(b.begun()).toBe(true);
    b.end();
  });

  it('gives back what failed', async () => {
    const budget = new ByteBudget(limits);
    const fail = () => Promise.reject(new Error('broken'));
    for (let i = 0; i < 3; i++) {
      await expect(budget.run({ sender: 'a', bytes: 10, gone: STAYS }, fail)).rejects.toThrow(
        'broken',
      );
    }
  });

  it('forgets who has gone while it waited', async () => {
    const budget = new ByteBudget(limits);
    const a = held(budget, 'a', 10);
    const leaving = new AbortController();
    const [b, c] = [held(budget, 'b', 10, leaving.signal), held(budget, 'c', 1)];
    leaving.abort();
    await expect(b.result).rejects.toMatchObject({ status: 400 });
    await expect(held(budget, 'd', 10, leaving.signal).result).rejects.toThrow('broke off');
    a.end();
    await settled();
    expect([b.begun(), c.begun()]).toEqual([false, true]);
    c.end();
  });

  it('refuses a third of the same sender, until one of them is over', async () => {
    const budget = new ByteBudget(limits);
    const [a, b] = [held(budget, 'a', 1), held(budget, 'a', 1)];
    await expect(held(budget, 'a', 1).result).rejects.toMatchObject({ status: 429 });
    a.end();
    await a.result;
    const again = held(budget, 'a', 1);
    await settled();
    expect(again.begun()).toBe(true);
    again.end();
    b.end();
  });

  it('keeps a group to its share, in the order of coming, and lets others past', async () => {
    const budget = new ByteBudget({ ...limits, share: 5 });
    const [a, b, c, d] = [
      held(budget, 'a of x', 3),
      held(budget, 'b of x', 3),
      held(budget, 'c of x', 1),
      held(budget, 'd of y', 5),
    ];
    await settled();
    expect([a, b, c, d].map((it) => it.begun())).toEqual([true, false, false, true]);
    a.end();
    await settled();
    expect([b.begun(), c.begun()]).toEqual([true, true]);
    for (const it of [b, c, d]) it.end();
  });
});
