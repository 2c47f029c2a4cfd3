import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { injectLab } from '../lab/inject.ts';
import type { Redis } from '../lab/redis.ts';
import { waitFor } from '../lab/wait.ts';
import { Swarmer } from '../support/swarmer.ts';

/** Two APIs of one store, each with a policy file of its own: the same to begin with. */
const lab = injectLab();
const files = ['one', 'two'].map((name) => join(lab.dir, `operator-files-${name}.yaml`));
const HEAD = 'apiVersion: swarmer/v1\nkind: Policy\n';
const allowing = (image: string) => `${HEAD}default: { images: { allow: ["${image}"] } }\n`;
let redis: Redis;
let apis: Swarmer[];

const [first = '', second = ''] = files;
const one = () => apis[0] as Swarmer;

beforeAll(async () => {
  redis = await lab.startRedis();
  apis = await Promise.all(
    files.map((file) => {
      writeFileSync(file, allowing('busybox'));
      const env = {
        REDIS_URL: `redis+unix://${redis.socketPath}`,
        SWARMER_POLICY: file,
        SWARMER_LOG_LEVEL: 'debug',
      };
      return new Swarmer(lab, { role: 'api', env }).start();
    }),
  );
});

afterAll(async () => {
  await Promise.all(apis.map((api) => api.end()));
  await redis.stop();
});

const submit = async (image: string) => {
  const job = { apiVersion: 'swarmer/v1', kind: 'Job', spec: { image } };
  return (await one().post('/v1/jobs', job)).status;
};

/** A check of `/readyz` that fails, once it is there; the server is ready all the same. */
function failing(name: string) {
  const look = async () => {
    const response = await one().request('/readyz');
    expect(response.status).toBe(200);
    const { checks } = (await response.json()) as Readiness;
    return checks.find((check) => check.name === name && !check.ok);
  };
  return waitFor(look, { what: `the check ${name} to fail`, timeoutMs: 40_000 });
}
type Readiness = { checks: { name: string; ok: boolean; advisory?: boolean; message?: string }[] };

async function metric(line: RegExp) {
  const look = async () => line.test(await (await one().request('/metrics')).text());
  await waitFor(look, { what: `the metric ${line}`, timeoutMs: 30_000 });
}

test('a policy that is cut off allows nothing, is told everywhere, and SIGHUP takes it', async () => {
  expect([await submit('busybox'), await submit('alpine')]).toEqual([201, 403]);
  await metric(/^swarmer_configuration_problems\{file="policy"\} 0$/m);
  writeFileSync(first, HEAD);
  expect(await failing('policy')).toMatchObject({
    advisory: true,
    message: expect.stringContaining('GET /v1/configuration'),
  });
  expect(await submit('alpine')).toBe(403);
  await metric(/^swarmer_configuration_problems\{file="policy"\} 1$/m);
  const { files: told } = (await (await one().request('/v1/configuration')).json()) as {
    files: { name: string; problems: string[] }[];
  };
  expect(told).toEqual([
    { name: 'policy', problems: [expect.stringMatching(/as if it were cut off.*SIGHUP/)] },
  ]);
  one().signal('SIGHUP');
  await waitFor(async () => (await submit('alpine')) === 201, { what: 'SIGHUP to be heard' });
  expect(one().running).toBe(true);
});

test('policies that differ are told by a check, a metric and a line of the log', async () => {
  writeFileSync(first, allowing('alpine'));
  expect((await failing('policy-agreement'))?.message).toMatch(
    /this process holds the policy \w{12}, api@.* holds \w{12}: give all of them the same SWARMER_POLICY/,
  );
  await metric(/^swarmer_policies 2$/m);
  const line = await one().logged('processes of Swarmer hold different policies');
  expect(line).toMatchObject({ level: 'error' });
  writeFileSync(second, allowing('alpine'));
  await one().logged('all processes hold the same policy again');
  await metric(/^swarmer_policies 1$/m);
});
