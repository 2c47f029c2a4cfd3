import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AttemptId } from './attempt.ts';
import {
  attemptKey,
  attemptLabels,
  attemptOfLabels,
  LABEL_PREFIX,
  LABELS,
  serviceName,
} from './naming.ts';

const id: AttemptId = { jobUid: '01JGFJJZ0000000000000000AB', index: 3, attempt: 2 };
const owner = { instance: 'default', storeId: '01JGFJJZ0000000000000000ST' };

const ids: fc.Arbitrary<AttemptId> = fc.record({
  jobUid: fc.ulid(),
  index: fc.nat(9_999_999),
  attempt: fc.integer({ min: 1, max: 999 }),
});

describe('the service name of an attempt', () => {
  it('is made of job, index and attempt', () => {
    expect(serviceName(id)).toBe('swarmer-01jgfjjz0000000000000000ab-3-2');
  });

  it('is one that the engine takes: lower case, and at most 63 characters', () => {
    fc.assert(
      fc.property(ids, (any) => {
        expect(serviceName(any)).toMatch(/^[a-z0-9][a-z0-9-]{0,62}$/);
      }),
    );
  });

  it('differs between any two attempts, as their keys do', () => {
    const digits = fc.constantFrom(1, 2, 11, 12, 111, 121);
    const few = fc.record({
      jobUid: fc.constantFrom(id.jobUid, '01JGFJJZ0000000000000000AC'),
      index: digits,
      attempt: digits,
    });
    fc.assert(
      fc.property(few, few, (a, b) => {
        const same = a.jobUid === b.jobUid && a.index === b.index && a.attempt === b.attempt;
        expect(serviceName(a) === serviceName(b)).toBe(same);
        expect(attemptKey(a) === attemptKey(b)).toBe(same);
      }),
    );
  });
});

describe('the labels of an attempt', () => {
  it('say whose it is and which one', () => {
    expect(attemptLabels(owner, id)).toEqual({
      'swarmer.instance': 'default',
      'swarmer.store': owner.storeId,
      'swarmer.job': id.jobUid,
      'swarmer.index': '3',
      'swarmer.attempt': '2',
    });
  });

  it('all begin with the prefix that users may not use', () => {
    const foreign = Object.values(LABELS).filter((label) => !label.startsWith(LABEL_PREFIX));
    expect(foreign).toEqual([]);
  });

  it('give the attempt back', () => {
    fc.assert(
      fc.property(ids, (any) => {
        expect(attemptOfLabels(attemptLabels(owner, any))).toEqual(any);
      }),
    );
  });

  it.each([LABELS.job, LABELS.index, LABELS.attempt])('name no attempt without %s', (missing) => {
    const { [missing]: _, ...rest } = attemptLabels(owner, id);
    expect(attemptOfLabels(rest)).toBeUndefined();
  });

  it.each(['one', '1.5', 'NaN', '1,2'])('name no attempt when a number is %s', (value) => {
    const labels = attemptLabels(owner, id);
    expect(attemptOfLabels({ ...labels, [LABELS.index]: value })).toBeUndefined();
    expect(attemptOfLabels({ ...labels, [LABELS.attempt]: value })).toBeUndefined();
  });

  it('of somebody else name no attempt', () => {
    expect(attemptOfLabels({ 'com.docker.stack.namespace': 'web' })).toBeUndefined();
  });
});
