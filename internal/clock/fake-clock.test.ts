import { beforeEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from './clock.ts';
import { FakeClock } from './fake-clock.ts';

const HOUR_MS = 3_600_000;

let clock: FakeClock;
let fired: string[];

beforeEach(() => {
  clock = new FakeClock(1000);
  fired = [];
});

function fireAfter(ms: number, name: string): () => void {
  return clock.after(ms, () => fired.push(name));
}

describe('a fake clock', () => {
  it('stands still until it is advanced', () => {
    fireAfter(0, 'now');
    expect([clock.now(), clock.monotonic(), fired]).toEqual([1000, 0, []]);
  });

  it('moves both of its clocks on', () => {
    clock.advance(250);
    expect([clock.now(), clock.monotonic()]).toEqual([1250, 250]);
  });

  it('fires what falls due in the order of time, and in that of asking where times are equal', () => {
    fireAfter(20, 'second');
    fireAfter(30, 'third');
    fireAfter(10, 'first');
    fireAfter(30, 'fourth');
    fireAfter(31, 'later');
    clock.advance(30);
    expect(fired).toEqual(['first', 'second', 'third', 'fourth']);
  });

  it('shows each timer the time at which it is due', () => {
    const seen: [number, number][] = [];
    for (const ms of [10, 40]) clock.after(ms, () => seen.push([clock.monotonic(), clock.now()]));
    clock.advance(100);
    expect(seen).toEqual([
      [10, 1010],
      [40, 1040],
    ]);
  });

  it('fires a timer that another one sets, if it falls due within the same advance', () => {
    clock.after(10, () => {
      fireAfter(10, 'in time');
      fireAfter(100, 'too late');
    });
    clock.advance(50);
    expect(fired).toEqual(['in time']);
  });

  it('fires a timer once', () => {
    fireAfter(10, 'once');
    clock.advance(10);
    clock.advance(10);
    expect(fired).toEqual(['once']);
  });

  it('does not fire a timer that was cancelled', () => {
    const cancel = fireAfter(10, 'cancelled');
    cancel();
    clock.advance(10);
    expect(fired).toEqual([]);
  });

  it('fires no timer and moves no monotonic clock when the wall clock jumps', () => {
    fireAfter(10, 'early');
    clock.jumpWall(HOUR_MS);
    expect([clock.now(), clock.monotonic(), fired]).toEqual([1000 + HOUR_MS, 0, []]);
  });

  it('delays no timer when the wall clock jumps back', () => {
    fireAfter(10, 'in time');
    clock.jumpWall(-HOUR_MS);
    clock.advance(10);
    expect(fired).toEqual(['in time']);
  });

  it('ends a sleep when its time has come', async () => {
    const slept = clock.sleep(10).then(() => fired.push('awake'));
    clock.advance(9);
    await Promise.resolve();
    expect(fired).toEqual([]);
    clock.advance(1);
    await slept;
    expect(fired).toEqual(['awake']);
  });
});

describe.each<[string, () => Clock]>([
  ['a fake clock', () => new FakeClock()],
  ['the system clock', () => systemClock],
])('%s', (_, make) => {
  it('ends a sleep that is aborted, without an error', async () => {
    const abort = new AbortController();
    const sleeping = make().sleep(HOUR_MS, abort.signal);
    abort.abort();
    await expect(sleeping).resolves.toBeUndefined();
  });

  it('does not begin a sleep that was aborted before', async () => {
    await expect(make().sleep(HOUR_MS, AbortSignal.abort())).resolves.toBeUndefined();
  });
});
