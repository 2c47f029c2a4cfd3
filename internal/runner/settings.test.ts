import { describe, expect, it } from 'vitest';
import { readSettings } from './settings.ts';

const ADDRESS = 'http://u:s3cret@api:8500/result/1?token=s3cret';

describe('readSettings', () => {
  it('has defaults for everything', () => {
    expect(readSettings({})).toEqual({
      outputLimitBytes: 1024 * 1024,
      reportTimeoutMs: 60_000,
      warnings: [],
    });
  });

  it('keeps the address as it was given', () => {
    const { target } = readSettings({ SWARMER_ADDRESS: ADDRESS, TASK_NAME: 't' });
    expect(target?.url.href).toBe(ADDRESS);
  });

  it.each(['-1', '1.5', '1MiB', 'NaN', '67108865', '99999999999999999999'])(
    'says that the limit %s is wrong and uses the default',
    (text) => {
      const settings = readSettings({ SWARMER_OUTPUT_LIMIT_BYTES: text });
      expect(settings.outputLimitBytes).toBe(1024 * 1024);
      expect(settings.warnings).toEqual([
        `SWARMER_OUTPUT_LIMIT_BYTES is "${text}", not an integer from 0 to 67108864; using 1048576`,
      ]);
    },
  );

  it.each([
    ['no URL', { SWARMER_ADDRESS: 's3cret', TASK_NAME: 't' }, 'not an http or https URL'],
    [
      'another scheme',
      { SWARMER_ADDRESS: 'ftp://s3cret/', TASK_NAME: 't' },
      'not an http or https',
    ],
    ['no task name', { SWARMER_ADDRESS: ADDRESS }, 'TASK_NAME is not'],
  ])('reports to nobody with %s, and says so without the token', (_, env, message) => {
    const { target, warnings } = readSettings(env);
    expect(target).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining(message)]);
    expect(warnings.join()).not.toContain('s3cret');
  });
});
