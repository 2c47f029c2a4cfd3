import { expect, it } from 'vitest';
import { CredentialFileError, parseCredentials, secretOf } from './operator-file.ts';

function problemsOf(content: string): readonly string[] {
  try {
    parseCredentials(content);
  } catch (error) {
    if (error instanceof CredentialFileError) return error.problems;
    throw error;
  }
  return [];
}

it('reads names, registries and secrets', () => {
  const read = parseCredentials(`
credentials:
  - {name: hub, registry: https://index.docker.io/v1/, username: u, password: p}
  - {name: team-a, registry: "registry:5000", identityToken: t, namespaces: [a, b]}
`);
  expect(read).toMatchObject([
    { name: 'hub', registry: 'docker.io' },
    { name: 'team-a', registry: 'registry:5000', namespaces: ['a', 'b'] },
  ]);
  expect(read.map((entry) => secretOf(entry))).toEqual([
    { username: 'u', password: 'p' },
    { identitytoken: 't' },
  ]);
});

it('takes the password of a file for that of its entry', () => {
  const [entry] = parseCredentials(
    '{credentials: [{name: a, registry: r, username: u, passwordFile: /run/p}]}',
  );
  expect(entry && secretOf(entry, 'fresh')).toEqual({ username: 'u', password: 'fresh' });
});

it('tells everything that is wrong, with its path', () => {
  const problems = problemsOf(`
credentials:
  - {name: Not A Name, registry: "a b", username: u, password: p}
  - {name: a, registry: r, username: u}
  - {name: b, registry: r, password: p}
  - {name: c, registry: r, username: u, password: p, identityToken: t}
  - {name: d, registry: r, username: u, pasword: p, passwordFile: relative}
  - {name: e, registry: r, username: u, password: 17}
`);
  expect(problems.map((line) => line.split(':')[0])).toEqual([
    'credentials[0].name',
    'credentials[0].registry',
    'credentials[1]',
    'credentials[2]',
    'credentials[3]',
    'credentials[4].passwordFile',
    'credentials[4]',
    'credentials[5].password',
  ]);
});

it('refuses a name that is there twice', () => {
  const entry = '{name: a, registry: r, username: u, password: p}';
  expect(problemsOf(`credentials: [${entry}, ${entry}]`)).toEqual([
    'credentials[1].name: "a" is there twice',
  ]);
});

it.each([
  ['of broken YAML', 'credentials: [{name: a, password: "s3cret}]'],
  ['of a wrong form', 'credentials: {s3cret: s3cret}'],
  ['of wrong fields', 'credentials: [{name: a, registry: "s3 cret", password: "s3cret\\nx"}]'],
  ['of a text', 's3cret'],
])('shows nothing that may be secret %s', (_what, content) => {
  const problems = problemsOf(content);
  expect(problems.length).toBeGreaterThan(0);
  expect(problems.join()).not.toMatch(/s3.?cret/);
});
