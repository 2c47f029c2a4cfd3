import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AttemptId } from './attempt.ts';
import { reportPath, reportToken, verifyReportToken } from './report-token.ts';

const key = Buffer.alloc(32, 7);
const id: AttemptId = { jobUid: '01JGFJJZ0000000000000000AB', index: 3, attempt: 2 };
const token = reportToken(key, id);

const ids: fc.Arbitrary<AttemptId> = fc.record({
  jobUid: fc.ulid(),
  index: fc.nat(9_999_999),
  attempt: fc.integer({ min: 1, max: 9_999_999 }),
});
const keys = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));

/** The token with another identity in front of the same signature. */
function claim(index: number, attempt: number): string {
  return `${index}.${attempt}.${token.split('.')[2] ?? ''}`;
}

describe('a report token', () => {
  it('names the attempt that it was made for', () => {
    fc.assert(
      fc.property(keys, ids, (anyKey, any) => {
        expect(verifyReportToken(anyKey, any.jobUid, reportToken(anyKey, any))).toEqual(any);
      }),
    );
  });

  it('is refused in every other spelling of the same bytes', () => {
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const accepted = [...digits].filter((last) =>
      verifyReportToken(key, id.jobUid, token.slice(0, -1) + last),
    );
    expect(accepted).toEqual([token.at(-1)]);
    expect(verifyReportToken(key, id.jobUid, `0${token}`)).toBeUndefined();
  });

  it('is refused for every other job', () => {
    fc.assert(
      fc.property(ids, fc.ulid(), (any, other) => {
        fc.pre(other !== any.jobUid);
        expect(verifyReportToken(key, other, reportToken(key, any))).toBeUndefined();
      }),
    );
  });

  it('cannot be passed off as that of another attempt or task', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(20), (index, attempt) => {
        fc.pre(index !== id.index || attempt !== id.attempt);
        expect(verifyReportToken(key, id.jobUid, claim(index, attempt))).toBeUndefined();
      }),
    );
  });

  it('does not mix up index and attempt, however their digits fall', () => {
    const long = reportToken(key, { ...id, index: 11, attempt: 1 });
    const forged = `1.11.${long.split('.')[2] ?? ''}`;
    expect(verifyReportToken(key, id.jobUid, forged)).toBeUndefined();
  });

  it('is refused when a single bit of the signature is changed', () => {
    const signature = Buffer.from(token.split('.')[2] ?? '', 'base64url');
    fc.assert(
      fc.property(fc.nat(signature.length * 8 - 1), (bit) => {
        const forged = Buffer.from(signature);
        forged[bit >> 3] = (forged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const presented = `3.2.${forged.toString('base64url')}`;
        expect(verifyReportToken(key, id.jobUid, presented)).toBeUndefined();
      }),
    );
  });

  it('is refused when it was made with another key', () => {
    fc.assert(
      fc.property(keys, (other) => {
        fc.pre(!other.equals(key));
        expect(verifyReportToken(key, id.jobUid, reportToken(other, id))).toBeUndefined();
      }),
    );
  });

  const broken = ['', '3.2', '3.2.', '3.2.abc', `-3.2.${'A'.repeat(43)}`, `${token}A`, ` ${token}`];
  it.each(broken)('is refused, and no error, when it is %j', (text) => {
    expect(verifyReportToken(key, id.jobUid, text)).toBeUndefined();
  });

  it('is refused, and no error, whatever somebody sends', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(verifyReportToken(key, id.jobUid, text)).toBeUndefined();
      }),
    );
  });
});

describe('the report URL of an attempt', () => {
  it('holds a token that is accepted for its job, without any encoding', () => {
    const url = new URL(reportPath(key, id), 'http://swarmer:8500');
    expect(url.pathname).toBe(`/result/${id.jobUid}`);
    const presented = url.searchParams.get('token') ?? '';
    expect(verifyReportToken(key, id.jobUid, presented)).toEqual(id);
  });
});
