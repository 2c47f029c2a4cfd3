import { expect, test } from 'vitest';
import { Policy } from '../../internal/policy/index.ts';
import { useApi } from './harness.ts';
import { BY_NAME, HOSTILE } from './hostile-specs.ts';

/** As without a policy file, and with nothing in SWARMER_CALLBACK_ALLOW. */
const api = useApi({ policy: new Policy() });

/** Everything that Redis holds. */
async function stored(): Promise<string[]> {
  const { redis } = api();
  const keys = (await redis.keys('*')).sort();
  return [...keys, `${await redis.get('swarmer:versions')}`];
}

test('there are at least 60 hostile specs', () => {
  expect(HOSTILE.length).toBeGreaterThanOrEqual(60);
});

test.each(HOSTILE)('refuses $what, and stores nothing', async ({ request = BY_NAME, ...row }) => {
  const { method, path } = request;
  const { redis } = api();
  // What reports are checked with is made when it is first needed.
  await redis.hset('swarmer:meta', 'reportKey', '00'.repeat(32));
  const before = await stored();
  const headers = { 'Content-Type': 'application/json', ...row.headers };
  const body = typeof row.body === 'string' ? row.body : JSON.stringify(row.body);
  const answer = await api().api[method](path).set(headers).send(body);
  expect({ status: answer.status, text: answer.text }).toEqual({
    status: row.status,
    text: expect.stringMatching(row.told),
  });
  expect(answer.type).toBe('application/problem+json');
  expect(await stored()).toEqual(before);
});
