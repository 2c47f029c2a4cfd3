import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { aclFile } from './acl.ts';
import { makeKeys } from './keys.ts';

const UID = '?'.repeat(26);

/** Only controllers touch these; and what expires by itself is in patterns of its own. */
const NOT_OF_THE_API = ['swarmer:lease', 'swarmer:outbox:dead', 'swarmer:staged:*:taken'];

/** Every key of the store, as a pattern. */
function patterns(): string[] {
  const keys = makeKeys('swarmer:');
  const { job, cron, log, logAnswer, staged, stagedRetry, jobPrefix, ...others } = keys;
  const texts = Object.values(others).map((key) => (typeof key === 'string' ? key : key('*')));
  const made = [job(UID), cron(UID), staged(UID), stagedRetry(UID)].flatMap((of): string[] =>
    Object.values({ ...of }),
  );
  return [...texts, ...made, logAnswer('*')];
}

const line = (user: string) =>
  aclFile('swarmer:', {})
    .split('\n')
    .find((it) => it.startsWith(`user swarmer-${user} `)) ?? '';

test('manifests/redis-users.acl is what is printed', () => {
  const file = new URL('../../manifests/redis-users.acl', import.meta.url);
  expect(readFileSync(file, 'utf8')).toBe(aclFile('swarmer:', {}));
});

test('every key of the store is granted to the API, or known as none of its own', () => {
  const granted = new Set(line('api').match(/~\S*[^\s)]/g));
  const missing = patterns().filter((key) => !granted.has(`~${key}`));
  expect(missing).toEqual(NOT_OF_THE_API);
});

test('the API reads attempts and deliveries and writes none, and stores no result', () => {
  const writable = new Set(line('api').match(/ ~\S*[^\s)]/g));
  for (const key of ['live', 'deliveries']) {
    expect(writable).not.toContain(` ~swarmer:job:${UID}:${key}`);
  }
  const setters =
    line('api')
      .match(/\(\+(hset|set|zadd|hincrby) [^)]*\)/g)
      ?.join(' ') ?? '';
  expect(setters).not.toContain(':results');
  expect(line('api')).not.toContain('swarmer:lease');
});

test('passwords are hashed, a user without one is off, and the default user has no way in', () => {
  const file = aclFile('swarmer:', { api: 'secret' });
  expect(file).not.toContain('secret');
  // No way in, and all of its file to replay.
  expect(file).toMatch(/^user default off resetpass allkeys allchannels \+@all$/m);
  expect(file).toMatch(/^user swarmer-api on resetpass #2bb80d537b1da3e38bd30361aa855686b/m);
  expect(file).toMatch(/^user swarmer-controller off resetpass/m);
});

test('a prefix with characters of globs stands for itself', () => {
  expect(aclFile('a*[b]:', {})).toContain('~a\\*\\[b\\]:*');
});
