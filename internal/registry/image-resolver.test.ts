import { beforeEach, expect, it } from 'vitest';
import type { RegistryAnswer } from '../apis/index.ts';
import { FakeClock } from '../clock/fake-clock.ts';
import { ImageResolver } from './image-resolver.ts';
import { loginOf } from './login.ts';

let clock: FakeClock;
let resolver: ImageResolver;
let asked: string[];
let answer: RegistryAnswer;
/** How long the registry keeps everybody waiting. */
let tookMs: number;

beforeEach(() => {
  clock = new FakeClock();
  [asked, tookMs, answer] = [[], 0, { kind: 'found', digest: 'sha256:1' }];
  const ask = async (image: string) => {
    asked.push(image);
    await Promise.resolve();
    clock.advance(tookMs);
    return answer;
  };
  resolver = new ImageResolver(ask, clock);
});

const login = (password: string) => loginOf('r.example', 'credential "a"', { password });

it('asks once for the attempts that start together, and anew for the next job', async () => {
  await Promise.all([1, 2, 3].map(() => resolver.resolve('r.example/a', undefined)));
  expect(asked).toHaveLength(1);
  await resolver.resolve('r.example/a', undefined);
  expect(asked).toHaveLength(2);
});

it('leaves a registry that keeps everybody waiting alone for a minute, for all its images', async () => {
  [tookMs, answer] = [5000, { kind: 'silent', message: 'nothing' }];
  for (const image of ['a', 'b', 'c']) {
    expect(await resolver.resolve(`hole.example/${image}`, undefined)).toEqual(answer);
  }
  expect(asked).toEqual(['hole.example/a']);
  await resolver.resolve('r.example/a', undefined);
  clock.advance(55_000);
  await resolver.resolve('hole.example/b', undefined);
  expect(asked).toEqual(['hole.example/a', 'r.example/a', 'hole.example/b']);
});

it('asks for another image of a registry that fails at once: that costs little', async () => {
  answer = { kind: 'silent', message: 'no such host' };
  await resolver.resolve('r.example/a', undefined);
  await resolver.resolve('r.example/b', undefined);
  expect(asked).toEqual(['r.example/a', 'r.example/b']);
});

it.each(['missing', 'denied', 'busy', 'silent'] as const)(
  'asks again in 15 s what was %s',
  async (kind) => {
    answer = { kind, message: 'no' };
    await resolver.resolve('r.example/a', undefined);
    clock.advance(14_000);
    await resolver.resolve('r.example/a', undefined);
    expect(asked).toHaveLength(1);
    clock.advance(1000);
    await resolver.resolve('r.example/a', undefined);
    expect(asked).toHaveLength(2);
  },
);

it('asks at once with another login', async () => {
  answer = { kind: 'denied', message: 'no' };
  await resolver.resolve('r.example/a', login('old'));
  await resolver.resolve('r.example/a', login('old'));
  await resolver.resolve('r.example/a', login('new'));
  expect(asked).toHaveLength(2);
});
