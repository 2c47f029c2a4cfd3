import { expect, test } from 'vitest';
import { SharedReads } from './shared-reads.ts';

/** A source that counts how often it is read. */
function source(answer: (n: number) => Promise<string[]>) {
  const reads = { count: 0 };
  return { reads, read: () => answer(++reads.count) };
}

test('who asks the same at the same time shares one read', async () => {
  const shared = new SharedReads<string[]>();
  const { reads, read } = source(async (n) => [`answer ${n}`]);
  const answers = await Promise.all([shared.get('a', read), shared.get('a', read)]);
  expect(answers).toEqual([['answer 1'], ['answer 1']]);
  expect(await shared.get('a', read)).toEqual(['answer 1']);
  expect(await shared.get('b', read)).toEqual(['answer 2']);
  expect(reads.count).toBe(2);
});

test('an answer that does not last is asked for again', async () => {
  const shared = new SharedReads<string[]>((answer) => answer.length > 0);
  const { read } = source(async (n) => (n === 1 ? [] : ['now']));
  expect(await shared.get('a', read)).toEqual([]);
  expect(await shared.get('a', read)).toEqual(['now']);
});

test('a failure reaches all who wait, and nobody after them', async () => {
  const shared = new SharedReads<string[]>();
  const { read } = source(async (n) => {
    if (n === 1) throw new Error('away');
    return ['back'];
  });
  const failed = await Promise.allSettled([shared.get('a', read), shared.get('a', read)]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await shared.get('a', read)).toEqual(['back']);
});

test('old answers make room for new ones', async () => {
  const shared = new SharedReads<string[]>();
  const { reads, read } = source(async () => ['x']);
  for (let i = 0; i < 100; i++) await shared.get(`question ${i}`, read);
  await shared.get('question 0', read);
  await shared.get('question 99', read);
  expect(reads.count).toBe(101);
});
