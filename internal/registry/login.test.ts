import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { fingerprint, loginOf } from './login.ts';
import { withoutSecrets } from './redact.ts';

const login = loginOf('registry:5000', 'credential "a"', { username: 'u', password: 's3/cret' });

it('shows where it came from, and nothing of what is secret', () => {
  expect(JSON.stringify({ login })).toBe(
    '{"login":{"registry":"registry:5000","source":"credential \\"a\\""}}',
  );
  expect(inspect({ login }, { depth: 9 })).not.toContain('s3');
  expect(JSON.stringify({ ...login })).not.toContain('s3');
});

it('gives the engine what it wants', () => {
  expect(login.auth).toEqual({
    username: 'u',
    password: 's3/cret',
    serveraddress: 'registry:5000',
  });
});

it('is told from another login of the same name', () => {
  const other = loginOf('registry:5000', 'credential "a"', { username: 'u', password: 'other' });
  expect(fingerprint(login)).not.toBe(fingerprint(other));
  expect(fingerprint(login)).not.toContain('s3');
});

it('takes secrets out of the words of a registry that repeats them', () => {
  const basic = Buffer.from('u:s3/cret').toString('base64');
  const message = `denied: s3/cret, s3%2Fcret, Basic ${basic} of u`;
  expect(withoutSecrets({ kind: 'denied', message }, login)).toEqual({
    kind: 'denied',
    message: 'denied: ***, ***, Basic *** of u',
  });
});
