import { describe, expect, it } from 'vitest';
import { withoutSecrets } from './without-secrets.ts';

describe('withoutSecrets', () => {
  it('gives the very fields that hold no secret', () => {
    const fields = { job: '01J', request: { method: 'POST', tokens: 3 }, err: new Error('x') };
    expect(withoutSecrets(fields)).toBe(fields);
  });

  it('hides secrets down to the third level, and changes nothing that it was given', () => {
    const fields = { a: { b: { token: 't', c: 1 }, password: 'p' }, secret: null, list: ['x'] };
    const before = structuredClone(fields);
    expect(withoutSecrets(fields)).toEqual({
      a: { b: { token: '[Redacted]', c: 1 }, password: '[Redacted]' },
      secret: '[Redacted]',
      list: ['x'],
    });
    expect(fields).toEqual(before);
  });

  it('looks into lists, and keeps them lists', () => {
    expect(withoutSecrets({ sent: [{ authorization: 'a' }, 'b'] })).toEqual({
      sent: [{ authorization: '[Redacted]' }, 'b'],
    });
  });

  it('leaves an error what it is, for what is shown of it is named elsewhere', () => {
    const err = Object.assign(new Error('x'), { token: 't' });
    expect(withoutSecrets({ err, password: 'p' }).err).toBe(err);
  });
});
