import { expect, it } from 'vitest';
import { createLogger } from './index.ts';

/** A logger under a clock that is moved by hand, and what it wrote. */
function logging() {
  const lines: { msg: string; untold?: number }[] = [];
  const clock = { now: 0 };
  const log = createLogger({
    level: 'info',
    destination: { write: (line) => void lines.push(JSON.parse(line)) },
    monotonic: () => clock.now,
  });
  return { log, lines, clock };
}

const away = (name = 'StoreError') =>
  Object.assign(new Error('it does not answer'), { name, code: 'Unavailable' });

it('an outage of an hour is told with each of its effects once, then once a minute', () => {
  const { log, lines, clock } = logging();
  for (; clock.now < 3_600_000; clock.now += 250) {
    log.warn({ err: away() }, 'cannot read the lease');
    log.error({ err: away(), job: 'x' }, 'a step failed');
  }
  expect(lines.slice(0, 2).map(({ msg }) => msg)).toEqual([
    'cannot read the lease',
    'a step failed',
  ]);
  expect(lines.length).toBeGreaterThan(58);
  expect(lines.length).toBeLessThan(63);
  expect(lines[2]?.untold).toBe(2 * (60_000 / 250) - 2);
});

it('an outage that comes again after a minute is told anew', () => {
  const { log, lines, clock } = logging();
  log.warn({ err: away() }, 'cannot read the lease');
  clock.now += 60_000;
  log.warn({ err: away() }, 'cannot read the lease');
  expect(lines).toHaveLength(2);
});

it('what is away is told apart, and other errors are all told', () => {
  const { log, lines } = logging();
  const conflict = Object.assign(new Error('no'), { code: 'Conflict' });
  for (let n = 0; n < 3; n += 1) {
    log.warn({ err: away('StoreError') }, 'failed');
    log.warn({ err: away('EngineError') }, 'failed');
    log.warn({ err: conflict }, 'failed');
    log.info({ err: away() }, 'known');
  }
  expect(lines.filter(({ msg }) => msg === 'failed')).toHaveLength(2 + 3);
  expect(lines.filter(({ msg }) => msg === 'known')).toHaveLength(3);
});
