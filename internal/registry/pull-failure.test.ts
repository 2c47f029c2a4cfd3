import { expect, it } from 'vitest';
import type { LoginResult, RegistryAnswer } from '../apis/index.ts';
import { found } from './login.ts';
import { pullFailure } from './pull-failure.ts';

const words = 'No such image: r.example/a:1';
const login = found('r.example', 'credential "a"', { password: 's3cret' });
const none: LoginResult = { kind: 'none' };
const heard = (kind: 'missing' | 'denied' | 'busy' | 'silent'): RegistryAnswer => ({
  kind,
  message: 'its words',
});
const failed = (passing: boolean): LoginResult => ({ kind: 'failed', message: 'no key', passing });
const has: RegistryAnswer = { kind: 'found', digest: 'sha256:1' };

it.each<[string, RegistryAnswer, LoginResult, boolean, string, string]>([
  ['missing', heard('missing'), login, false, 'Rejected', 'has no such image'],
  ['refused a login', heard('denied'), login, true, 'RegistryDenied', 'refuses credential "a"'],
  ['asked for a login', heard('denied'), none, false, 'RegistryDenied', 'none is set up for it'],
  ['busy', heard('busy'), login, false, 'RegistryUnavailable', 'cannot answer now: its words'],
  ['there', has, login, true, 'PullFailed', 'has it: its node could not pull it'],
  ['silent, a stranger', heard('silent'), none, false, 'Rejected', 'gave no answer: its words'],
  ['silent, no stranger', heard('silent'), none, true, 'RegistryUnavailable', 'gave no answer'],
  ['asked without a login', heard('denied'), failed(true), false, 'RegistryUnavailable', 'no key'],
  ['asked with none to be had', heard('denied'), failed(false), false, 'RegistryDenied', 'no key'],
])('an image whose registry was %s', (_what, answer, withLogin, pinned, reason, why) => {
  const registry = 'r.example';
  const failure = pullFailure({ words, registry, login: withLogin, answer, pinned });
  expect(failure).toEqual({ reason, message: expect.stringContaining(why) });
  expect(failure.message.startsWith(`${words}; `)).toBe(true);
});

it('tells of a credential that was taken away meanwhile', () => {
  const taken: LoginResult = { kind: 'refused', message: 'there is no such credential' };
  const evidence = { words, registry: 'r.example', answer: heard('denied'), pinned: false };
  expect(pullFailure({ ...evidence, login: taken }).reason).toBe('RegistryDenied');
});
