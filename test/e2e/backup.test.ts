import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis as Client } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aclFile } from '../../internal/store/index.ts';
import { injectLab } from '../lab/inject.ts';
import type { Redis } from '../lab/redis.ts';
import { cleanEnv } from '../lab/spawn.ts';
import { waitFor } from '../lab/wait.ts';
import { Receiver } from '../support/receiver.ts';
import { Swarmer } from '../support/swarmer.ts';

const lab = injectLab();
const image = await lab.ensureImage('busybox');
const program = fileURLToPath(new URL('../../dist/cmd/swarmer.js', import.meta.url));
const PASSWORDS = { controller: 'of the controller', operator: 'of the operator' };
let redis: Redis;
let admin: Client;
let swarmer: Swarmer;
let receiver: Receiver;

beforeAll(async () => {
  const acl = join(lab.dir, 'backup.acl');
  const mine = 'user admin on >admin allkeys allchannels allcommands\n';
  writeFileSync(acl, aclFile('swarmer:', PASSWORDS) + mine);
  redis = await lab.startRedis({ args: ['--aclfile', acl] });
  admin = new Client({ path: redis.socketPath, username: 'admin', password: 'admin' });
  receiver = await Receiver.start();
  swarmer = new Swarmer(lab, { env: { SWARMER_INSTANCE: 'backup', ...as('controller') } });
  await swarmer.start();
});

afterAll(async () => {
  await swarmer.end();
  await receiver.stop();
  admin.disconnect();
  await redis.stop();
});

function as(user: keyof typeof PASSWORDS): Record<string, string> {
  const REDIS_URL = `redis+unix://${redis.socketPath}`;
  return { REDIS_URL, REDIS_USERNAME: `swarmer-${user}`, REDIS_PASSWORD: PASSWORDS[user] };
}

/** Runs a verb of the program to its end, as the operator. */
function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...cleanEnv, ...as('operator'), SWARMER_LEASE_SECONDS: '1' };
  return new Promise((resolve) => {
    const options = { env, encoding: 'latin1' } as const;
    execFile(process.execPath, [program, ...args], options, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

test('a job that runs goes on after its store was lost and restored, with the same attempt', async () => {
  const tasks = [
    { name: 'held', args: ['sh', '-c', 'until [ -e /go ]; do sleep 0.1; done; echo went on'] },
    { name: 'ended', args: ['echo', 'before the backup'] },
  ];
  const id = await swarmer.create({ image, tasks, callback: { url: receiver.url('/backup') } });
  const ended = async () => (await swarmer.status(id)).tasks[1]?.status === 0;
  await waitFor(ended, { what: 'the second task to end' });
  const [service] = await waitFor(
    async () => {
      const names = await swarmer.services(id);
      return names.length === 1 && names;
    },
    { what: 'one service' },
  );
  const file = join(lab.dir, 'store.backup');
  expect(await run('backup', file)).toEqual({
    ...{ code: 0, stderr: '' },
    stdout: `${file}: 1 jobs, 1 of them not finished, and 0 cron jobs\n`,
  });
  const { code, stdout, stderr } = await run('backup', '-');
  expect([code, stderr]).toEqual([
    0,
    'the backup: 1 jobs, 1 of them not finished, and 0 cron jobs\n',
  ]);
  const piped = join(lab.dir, 'piped.backup');
  writeFileSync(piped, stdout, 'latin1');
  expect(await run('restore', file)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--replace'),
  });
  const led = await run('restore', '--replace', file);
  expect(led.stderr).toMatch(
    /^swarmer: A controller leads \(.*\): stop every server of this store/,
  );

  await swarmer.end();
  await admin.flushall();
  const restored = await run('restore', piped);
  expect([restored.code, restored.stderr]).toEqual([0, '']);
  await swarmer.start();
  expect(await swarmer.services(id)).toEqual([service]);
  const filters = { label: [`swarmer.job=${id}`], status: ['running'] };
  const [container] = await lab.docker.listContainers({ filters });
  const exec = await lab.docker.getContainer(container?.Id ?? '').exec({ Cmd: ['touch', '/go'] });
  await exec.start({ Detach: true });
  const { body } = await receiver.delivery('/backup');
  expect(body.tasks.map(({ result, attempts }) => [result.stdout, attempts])).toEqual([
    ['went on\n', 1],
    ['before the backup\n', 1],
  ]);
  expect(await admin.acl('LOG')).toEqual([]);
});
