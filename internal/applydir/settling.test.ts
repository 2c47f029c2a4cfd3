import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../clock/fake-clock.ts';
import { Settling } from './settling.ts';

let clock: FakeClock;
let settling: Settling;

beforeEach(() => {
  clock = new FakeClock();
  settling = new Settling(clock);
});

/** A look some ms after the one before. @returns for how long the file must still be the same. */
function look(afterMs: number, print = 'a', direct = true): number {
  clock.advance(afterMs);
  settling.begin();
  return settling.waitMs('x', { print, direct });
}

describe('a file that nothing is told of', () => {
  it('may be taken when it has been the same for 5 s', () => {
    expect([look(0), look(1000), look(3999), look(1), look(9000)]).toEqual([5000, 4000, 1, 0, 0]);
  });

  it('begins anew with each change, also with one back to what it was', () => {
    expect([look(0), look(4000, 'b'), look(4000), look(5000)]).toEqual([5000, 5000, 5000, 0]);
  });

  it('begins anew when it was away', () => {
    look(0);
    settling.keepOnly(new Set());
    expect(look(5000)).toBe(5000);
  });

  it('is not hurried, and not kept waiting, by a wall clock that jumps', () => {
    look(0);
    clock.jumpWall(3_600_000);
    expect(look(1000)).toBe(4000);
    clock.jumpWall(-7_200_000);
    expect(look(4000)).toBe(0);
  });
});

describe('a file that was put in place as a whole', () => {
  it('may be taken when it has been the same for 250 ms', () => {
    settling.note('x', 'placed');
    expect([look(0), look(249), look(1)]).toEqual([250, 1, 0]);
  });

  it('may so too when that is told after it was seen', () => {
    look(0);
    settling.note('x', 'placed');
    expect(look(250)).toBe(0);
  });

  it('waits as any other when it was written to, before it was seen or since', () => {
    for (const event of ['placed', 'written'] as const) settling.note('x', event);
    expect(look(0)).toBe(5000);
    settling.note('x', 'placed');
    look(0);
    settling.note('x', 'written');
    expect(look(250)).toBe(4750);
  });

  it('waits as any other when it is written to during the look', () => {
    settling.note('x', 'placed');
    look(0);
    clock.advance(250);
    settling.begin();
    settling.note('x', 'written');
    expect(settling.waitMs('x', { print: 'a', direct: true })).toBe(4750);
  });

  it('waits as any other when a link leads to it: what is behind it is told of elsewhere', () => {
    settling.note('x', 'placed');
    expect([look(0, 'a', false), look(250, 'a', false)]).toEqual([5000, 4750]);
  });

  it('is no reason to take what is there later', () => {
    settling.note('x', 'placed');
    look(0);
    settling.forget('x');
    expect([look(10_000, 'b'), look(250, 'b')]).toEqual([5000, 4750]);
  });
});
