import { describe, expect, it } from 'vitest';
import { EncodedLog, isDecided, type KnownLog, lackOf, logDriverOf } from './log-driver.ts';

const job = (more: object = {}) => ({ outputLimitBytes: 1024 * 1024, ...more });
const json = (options: Record<string, string>, whole = true): KnownLog => {
  return { name: 'json-file', options, whole };
};
const read = (bytes: number, messages = 1) => ({ json: bytes, local: bytes, messages });

describe('the log driver of a service', () => {
  it('of a job that names none leaves its node nothing to add', () => {
    const driver = logDriverOf(job(), 'json-file');
    expect(driver).toMatchObject({
      name: 'json-file',
      options: { mode: 'blocking', 'max-size': '42m', 'max-file': '2', compress: 'false' },
    });
    expect(driver && isDecided(driver)).toBe(true);
    const local = logDriverOf(job(), 'local');
    expect(local && isDecided(local)).toBe(true);
    // The engine knows no others of it.
    expect(Object.keys(local?.options ?? {}).toSorted()).toEqual([
      ...['compress', 'max-file', 'max-size', 'mode'],
    ]);
  });

  it.each([
    [0, '10m'],
    [1024, '10m'],
    [64 * 1024 * 1024, '100m'],
  ])('has files for %i bytes of output of %s', (outputLimitBytes, size) => {
    const driver = logDriverOf({ outputLimitBytes }, 'json-file');
    expect(driver?.options['max-size']).toBe(size);
  });

  it('is that of its node where the server says so, but for a job that names one', () => {
    expect(logDriverOf(job(), 'engine')).toBeUndefined();
    const own = { logDriver: { name: 'json-file', options: { 'max-size': '1k' } } };
    expect(logDriverOf(job(own), 'engine')).toMatchObject({
      options: { 'max-size': '1k', 'max-file': '2', mode: 'blocking' },
    });
  });

  it('of a job that names it keeps what the job says', () => {
    const options = { 'max-file': '1', mode: 'non-blocking', 'max-buffer-size': '1m' };
    const driver = logDriverOf(job({ logDriver: { name: 'json-file', options } }), 'json-file');
    expect(driver?.options).toMatchObject(options);
    const gelf = { name: 'gelf', options: { 'gelf-address': 'udp://x:1' } };
    expect(logDriverOf(job({ logDriver: gelf }), 'json-file')).toEqual(gelf);
  });
});

describe('what a log may lack', () => {
  const files = { 'max-size': '1k', 'max-file': '2' };
  const udp = { 'syslog-address': 'udp://127.0.0.1:514', mode: 'blocking' };
  const syslog = (options: object, whole = true): KnownLog => {
    return { name: 'syslog', options: { ...udp, ...options }, whole };
  };

  it.each<[string, KnownLog | undefined, number, string | undefined]>([
    ['json-file without a limit', json({}), 1e9, undefined],
    ['json-file that was not filled', json(files), 999, undefined],
    ['json-file that was', json(files), 1000, 'its first lines may be gone'],
    ['more files than one', json({ ...files, 'max-file': '4' }), 2999, undefined],
    ['all of them', json({ ...files, 'max-file': '4' }), 3000, '"max-file", "max-size"'],
    ['a single file', json({ 'max-size': '1m' }), 1, '"max-file" is 1'],
    ['files of no known size', json({ ...files, 'max-size': 'x' }), 1, '"max-size"'],
    ['compressed', json({ ...files, 'max-file': '9', compress: 'true' }), 1000, '"compress"'],
    ['not yet compressed', json({ ...files, compress: 'true' }), 999, undefined],
    ['non-blocking', json({ mode: 'non-blocking' }), 1, '"mode": "non-blocking"'],
    ['labels in each line', json({ ...files, labels: 'a' }), 1, '"max-size"'],
    ['absent keys that its node may add', json(files, false), 1, 'unknown options'],
    ['local by default', { name: 'local', options: {}, whole: true }, 1e6, undefined],
    ['local, compressed', { name: 'local', options: {}, whole: true }, 2e7, '"compress"'],
    ['none', { name: 'none', options: {}, whole: false }, 0, '"none", which keeps nothing'],
    ['journald', { name: 'journald', options: {}, whole: true }, 1, 'rate limit'],
    ['a plugin', { name: 'a/b:1', options: {}, whole: true }, 1, '"a/b:1"'],
    ['what its node decides', undefined, 1, 'unknown options'],
    ['a cache', syslog({}), 1e6, undefined],
    ['a cache that was filled', syslog({ 'cache-max-size': '1k' }), 1000, '"cache-compress"'],
    ['a cache of one file', syslog({ 'cache-max-file': '1' }), 1, '"cache-max-file" is 1'],
    ['a cache that drops', syslog({ mode: '' }), 1, '"mode": "blocking"'],
    ['a cache that its node may turn off', syslog({}, false), 1, '"cache-disabled"'],
    ['no cache', syslog({ 'cache-disabled': 'T' }), 0, '"cache-disabled": it cannot be read'],
    ['a server that may refuse', syslog({ 'syslog-address': 'tcp://x:1' }), 1, 'did not take'],
  ])('%s', (_, log, bytes, reason) => {
    const lack = lackOf(log, read(bytes));
    expect(lack?.reason).toEqual(reason && expect.stringContaining(reason));
    const unreadable = bytes === 0;
    expect(lack?.state).toBe(reason && (unreadable ? 'unavailable' : 'partial'));
  });
});

describe('how much a log is in the file of its driver', () => {
  it('is never less than it is', () => {
    // As Engine 20.10 writes them.
    const lines: [string, string][] = [
      ['x\n', '{"log":"x\\n","stream":"stdout","time":"2026-11-30T18:12:00.123456789Z"}\n'],
      [
        '<a href="\t">&\\\n',
        '{"log":"\\u003ca href=\\"\\u0009\\"\\u003e\\u0026\\\\\\n","stream":"stderr","time":"2026-11-30T18:12:00.1Z"}\n',
      ],
      [
        '\ufffd\u2028é',
        '{"log":"\\ufffd\\u2028é","stream":"stderr","time":"2026-11-30T18:12:00.123456789Z"}\n',
      ],
    ];
    for (const [text, line] of lines) {
      const encoded = new EncodedLog();
      encoded.push(Buffer.from(text), true);
      expect(encoded.json).toBeGreaterThanOrEqual(Buffer.byteLength(line));
      expect(encoded.json).toBeLessThan(Buffer.byteLength(line) + 16);
    }
  });

  it('counts a line once, in however many pieces it comes', () => {
    const encoded = new EncodedLog();
    encoded.push(Buffer.from('ab'), false);
    encoded.push(Buffer.from('c\n'), true);
    const whole = new EncodedLog();
    whole.push(Buffer.from('abc\n'), true);
    expect({ ...encoded }).toEqual({ ...whole });
    expect(encoded.messages).toBe(1);
  });
});
