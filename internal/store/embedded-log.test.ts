import { describe, expect, it } from 'vitest';
import { cutsOf, lastWarnings } from './embedded-log.ts';

/** Of Redis 7.0.15, as it wrote them. */
const at = (level: string, text: string) => `15973:M 30 Nov 2026 19:08:30.449 ${level} ${text}\n`;
const START =
  at('#', 'oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo') +
  at('#', 'Redis version=7.0.15, bits=64, commit=00000000, modified=0, pid=1, just started') +
  at('#', 'Configuration loaded') +
  at('*', 'Running mode=standalone, port=0.') +
  at('#', 'Server initialized') +
  at('#', 'WARNING Memory overcommit must be enabled!');

describe('the last warnings of a Redis', () => {
  it.each([
    ['of one that starts and ends in order', at('#', 'Redis is now ready to exit, bye bye...'), ''],
    [
      'of a manifest that is empty',
      `${at('#', '\n*** FATAL AOF MANIFEST FILE ERROR ***')}\n${at('#', 'Found an empty AOF manifest')}`,
      'Found an empty AOF manifest',
    ],
    [
      'of a disk that is full',
      at('#', 'Error writing to the AOF file: No space left on device') +
        at(
          '#',
          "Can't recover from AOF write error when the AOF fsync policy is 'always'. Exiting...",
        ),
      "Error writing to the AOF file: No space left on device; Can't recover from AOF write error when " +
        "the AOF fsync policy is 'always'. Exiting...",
    ],
  ])('%s', (_, text, words) => {
    expect(lastWarnings(START + text)).toBe(words);
  });
});

it('a cut is known with its file and place', () => {
  const text = START + at('#', '!!! Truncating the AOF appendonly.aof.1.incr.aof at offset 50 !!!');
  expect(cutsOf(text)).toEqual([{ file: 'appendonly.aof.1.incr.aof', offset: 50 }]);
});
