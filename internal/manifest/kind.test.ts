import { describe, expect, it } from 'vitest';
import { manifestKind } from './kind.ts';

const apiVersion = 'swarmer/v1';

describe('manifestKind', () => {
  it.each(['Job', 'CronJob'])('is %s', (kind) => {
    expect(manifestKind({ apiVersion, kind })).toBe(kind);
  });

  it.each([
    [null, 'body', 'not nothing'],
    [5, 'body', 'not 5'],
    [{ kind: 'Job' }, 'apiVersion', 'is required and must be "swarmer/v1"'],
    [{ version: apiVersion }, 'version', 'did you mean "apiVersion"?'],
    [{ apiVersion: ['swarmer/v1'] }, 'apiVersion', 'not a list'],
    [{ apiVersion }, 'kind', 'is required and must be "Job" or "CronJob"'],
    [{ apiVersion, Kind: 'Job' }, 'Kind', 'did you mean "kind"?'],
    [{ apiVersion, kind: 'JOB' }, 'kind', 'did you mean "Job"?'],
    [{ apiVersion, kind: 'Jobs' }, 'kind', 'did you mean "Job"?'],
    [{ apiVersion, kind: null }, 'kind', 'unknown kind nothing'],
    [{ apiVersion, kind: {} }, 'kind', 'unknown kind a mapping'],
    [{ apiVersion, kind: 'x'.repeat(80) }, 'kind', `unknown kind "${'x'.repeat(64)}…"`],
  ])('says what is wrong with %j', (value, path, message) => {
    expect(manifestKind(value)).toEqual({ path, message: expect.stringContaining(message) });
  });
});
