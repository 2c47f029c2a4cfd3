import { describe, expect, it } from 'vitest';
import { FakeClock } from '../clock/fake-clock.ts';
import { timedBy } from './metrics.ts';

function timing() {
  const clock = new FakeClock();
  const told: [string, number, boolean][] = [];
  const timed = timedBy({ called: (...call) => told.push(call) }, clock);
  return { clock, told, timed };
}

describe('a timed call to Redis', () => {
  it('gives what the call gives, and tells how long it took', async () => {
    const { clock, told, timed } = timing();
    const answer = timed('claim', async () => {
      clock.advance(250);
      return 7;
    });
    expect(await answer).toBe(7);
    expect(told).toEqual([['claim', 0.25, false]]);
  });

  it('fails as the call fails, and tells that too', async () => {
    const { told, timed } = timing();
    await expect(timed('read', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(told).toEqual([['read', 0, true]]);
  });
});
