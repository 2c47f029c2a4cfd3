import { describe, expect, it } from 'vitest';
import { hashOf, newToken, parseAccess, TokenAccess, type TokenEntry } from './index.ts';

const [CI, ANN] = [newToken(), newToken()];
const ci: TokenEntry = { name: 'ci', role: 'submit', namespaces: ['a'], hash: hashOf(CI) };
const ann: TokenEntry = { name: 'ann', role: 'edit', namespaces: '*', hash: hashOf(ANN) };
const file = (...tokens: unknown[]) => ({ apiVersion: 'swarmer/v1', kind: 'Access', tokens });

describe('a new token', () => {
  it('has 256 random bits, is known by its prefix, and never comes twice', () => {
    expect(CI).toMatch(/^swt_[A-Za-z0-9_-]{43}$/);
    expect(CI).not.toBe(ANN);
  });

  it('is stored as a digest that does not have it', () => {
    expect(hashOf('x')).toBe(
      'sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881',
    );
  });
});

describe('an access file', () => {
  it('gives its tokens', () => {
    expect(parseAccess(file(ci, ann))).toEqual({ ok: true, value: [ci, ann] });
    expect(parseAccess(file())).toEqual({ ok: true, value: [] });
  });

  it.each<[unknown, string]>([
    [[], 'body'],
    [{ ...file(), kind: 'Job' }, 'kind'],
    [{ apiVersion: 'swarmer/v1', kind: 'Access' }, 'tokens'],
    [file('x'), 'tokens[0]'],
    [file({ ...ci, token: CI }), 'tokens[0].token'],
    [file({ ...ci, name: 'No Name' }), 'tokens[0].name'],
    [file({ ...ci, role: 'root' }), 'tokens[0].role'],
    [file({ ...ci, namespaces: [] }), 'tokens[0].namespaces'],
    [file({ ...ci, namespaces: ['*'] }), 'tokens[0].namespaces'],
    [file({ ...ci, namespaces: 'a' }), 'tokens[0].namespaces'],
    [file({ ...ci, role: 'admin' }), 'tokens[0].namespaces'],
    [file({ ...ci, hash: CI }), 'tokens[0].hash'],
    [file({ ...ci, hash: hashOf(CI).toUpperCase() }), 'tokens[0].hash'],
    [file(ci, { ...ann, name: 'ci' }), 'tokens[1].name'],
    [file(ci, { ...ann, hash: ci.hash }), 'tokens[1].hash'],
    [file(...Array.from({ length: 1001 }, () => ci)), 'tokens'],
  ])('is refused when it is wrong, at the place: %j', (value, path) => {
    const parsed = parseAccess(value);
    expect(parsed.ok ? [] : parsed.problems.map((it) => it.path)).toContain(path);
    expect(JSON.stringify(parsed)).not.toContain(CI);
  });

  it('is told everything that is wrong at once', () => {
    const parsed = parseAccess(file({ ...ci, role: 'x' }, { ...ann, hash: 'y' }));
    expect(parsed.ok ? 0 : parsed.problems.length).toBe(2);
  });
});

describe('access by tokens', () => {
  it('knows each token for what it is, and no others', () => {
    const access = new TokenAccess(['operator-token-1'], [ci, ann]);
    expect(access.identify(CI)).toMatchObject({ name: 'ci', role: 'submit', namespaces: ['a'] });
    expect(access.identify('operator-token-1')).toMatchObject({ role: 'admin', namespaces: '*' });
    for (const wrong of [undefined, '', CI.slice(1), `${CI} `, ci.hash]) {
      expect(access.identify(wrong)).toBeUndefined();
    }
  });

  it('lets nobody in while it has no tokens', () => {
    expect(new TokenAccess([]).identify(CI)).toBeUndefined();
  });

  it('takes other tokens, and tells whoever has lost theirs', () => {
    const access = new TokenAccess(['operator-token-1'], [ci, ann]);
    const [one, two] = [access.identify(CI), access.identify(ANN)];
    access.use([{ ...ci, role: 'view' }, ann]);
    expect([one?.revoked.aborted, two?.revoked.aborted]).toEqual([true, false]);
    expect(access.identify(CI)?.role).toBe('view');
    expect(access.identify(ANN)).toBe(two);
    access.use([]);
    expect(two?.revoked.aborted).toBe(true);
    expect(access.identify(ANN)).toBeUndefined();
    expect(access.identify('operator-token-1')?.revoked.aborted).toBe(false);
  });
});
