import { describe, expect, it } from 'vitest';
import { Policy, parsePolicy } from './index.ts';

const HEAD = { apiVersion: 'swarmer/v1', kind: 'Policy' };

describe('the rules of a namespace', () => {
  const policy = new Policy(
    {
      default: { images: { allow: ['a/**'], requireDigest: true }, quotas: { jobs: 5 } },
      namespaces: { team: { images: { allow: ['b/**'] }, callbacks: { private: ['10.0.0.1'] } } },
    },
    ['127.0.0.1'],
  );

  it('are its own, rule by rule, and else those of the default section', () => {
    expect(policy.rulesOf('team').images).toMatchObject({ allow: ['b/**'], requireDigest: true });
    expect(policy.rulesOf('team').quotas).toEqual({ jobs: 5 });
    expect(policy.rulesOf('other').images).toMatchObject({ allow: ['a/**'], requireDigest: true });
  });

  it('are the safe ones without a file', () => {
    expect(new Policy().rulesOf('x').callbacks).toEqual({ hosts: ['*'], private: [] });
  });

  it('have what SWARMER_CALLBACK_ALLOW opens beside what the file does', () => {
    expect(policy.rulesOf('team').callbacks.private).toEqual(['127.0.0.1', '10.0.0.1']);
    expect(() => new Policy({}, ['http://x'])).toThrow('SWARMER_CALLBACK_ALLOW');
  });

  it('have its name where an entry says so', () => {
    const allow = ['{namespace}_*', 'shared'];
    const shared = new Policy({
      default: { secrets: { allow }, mounts: { binds: ['/srv/{namespace}'] } },
      namespaces: { team: { configs: { allow } } },
    });
    expect(shared.rulesOf('a').secrets.allow).toEqual(['a_*', 'shared']);
    expect(shared.rulesOf('a').mounts.binds).toEqual(['/srv/a']);
    expect(shared.rulesOf('team').configs.allow).toEqual(['team_*', 'shared']);
  });

  it('are no rules of a name that every object has', () => {
    expect(policy.rulesOf('constructor').images.allow).toEqual(['a/**']);
  });
});

describe('a policy file', () => {
  it('may say nothing', () => {
    expect(parsePolicy(HEAD)).toEqual({ ok: true, value: { namespaces: {} } });
  });

  it('has all its problems told at once, each with its path', () => {
    const read = parsePolicy({
      ...HEAD,
      default: { images: { alow: [] }, callbacks: { networks: ['10.0.0.0/33'] } },
      namespaces: { Team: {}, a: { quotas: { jobs: -1 }, defaults: { timeoutSeconds: 0 } }, b: 1 },
      extra: 1,
    });
    if (read.ok) throw new Error('it was taken');
    expect(read.problems.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      expect.stringMatching(/^default\.images\.alow: unknown field "alow": did you mean "allow"/),
      expect.stringMatching(/^default\.callbacks\.networks\[0\]: must be an address or CIDR/),
      expect.stringMatching(/^extra: unknown field/),
      expect.stringMatching(/^namespaces\.Team: the name of a namespace must be/),
      expect.stringMatching(/^namespaces\.a\.quotas\.jobs: must be an integer from 0/),
      expect.stringMatching(/^namespaces\.a\.defaults\.timeoutSeconds: must be an integer from 1/),
      expect.stringMatching(/^namespaces\.b: must be an object with sections/),
    ]);
  });
});
