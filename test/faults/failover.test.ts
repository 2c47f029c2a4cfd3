import { Redis as Client } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../lab/free-port.ts';
import { injectLab } from '../lab/inject.ts';
import type { Redis } from '../lab/redis.ts';
import { startSentinel } from '../lab/sentinel.ts';
import { waitFor } from '../lab/wait.ts';
import { makeCertificates } from '../support/certificates.ts';
import { Receiver } from '../support/receiver.ts';
import { Swarmer } from '../support/swarmer.ts';

/** A master, a replica and a sentinel, each with a user and a password of its own; all by TLS. */
const lab = injectLab();
const image = await lab.ensureImage('busybox');
const ADMIN = ['--user', 'admin', 'on', '>a', 'allkeys', 'allchannels', 'allcommands'];
const CLOSED = ['--user', 'default', 'off'];
const REPLICA = ['--masteruser', 'admin', '--masterauth', 'a', '--repl-diskless-sync-delay', '0'];
const SENTINEL_CONFIG = [
  'sentinel auth-user main admin',
  'sentinel auth-pass main a',
  'sentinel down-after-milliseconds main 300',
  'sentinel failover-timeout main 3000',
  'user watcher on >w allkeys allchannels allcommands',
  'user default off',
];
let master: Redis;
let replica: Redis;
let swarmer: Swarmer;
let receiver: Receiver;
let endSentinel: () => Promise<void>;

beforeAll(async () => {
  const [first, second, watch] = [await freePort(), await freePort(), await freePort()];
  const { ca, server, client } = await makeCertificates(lab.dir);
  const tls = [
    ...['tls-replication yes', 'tls-auth-clients yes', `tls-ca-cert-file ${ca}`],
    ...[`tls-cert-file ${server.cert}`, `tls-key-file ${server.key}`],
  ];
  const tlsArgs = tls.flatMap((line) => `--${line}`.split(' '));
  const args = [...ADMIN, ...CLOSED, ...REPLICA, ...tlsArgs];
  const listening = (port: number) => [...args, '--tls-port', String(port)];
  const appendfsync = 'always';
  master = await lab.startRedis({ appendfsync, args: listening(first) });
  const follow = ['--replicaof', '127.0.0.1', String(first)];
  replica = await lab.startRedis({ appendfsync, args: [...listening(second), ...follow] });
  const monitor = `sentinel monitor main 127.0.0.1 ${first} 1`;
  const config = [`tls-port ${watch}`, ...tls, monitor, ...SENTINEL_CONFIG];
  endSentinel = await startSentinel({ dir: lab.dir, config });
  receiver = await Receiver.start();
  swarmer = new Swarmer(lab, {
    env: {
      SWARMER_INSTANCE: 'failover',
      REDIS_URL: `rediss+sentinel://admin:a@127.0.0.1:${watch}/main`,
      REDIS_SENTINEL_USERNAME: 'watcher',
      REDIS_SENTINEL_PASSWORD: 'w',
      REDIS_TLS_CA: ca,
      REDIS_TLS_CERT: client.cert,
      REDIS_TLS_KEY: client.key,
      REDIS_TLS_SERVERNAME: 'redis.internal',
    },
  });
  await swarmer.start();
});

afterAll(async () => {
  await swarmer.end();
  await receiver.stop();
  await endSentinel();
  await Promise.all([master.kill(), replica.kill()]);
});

describe('the master of a Redis with sentinels dies', () => {
  test('the replica takes over, jobs under way and new ones end, and no task ran twice', async () => {
    const tasks = ['sleep 2; echo a', 'sleep 2; exit 3'].map((text, i) => {
      return { name: `t${i}`, args: ['sh', '-c', text] };
    });
    const callback = { url: receiver.url('/under-way') };
    const id = await swarmer.create({ image, tasks, backoffLimit: 0, callback });
    await waitFor(async () => (await swarmer.services(id)).length === 2, { what: 'the services' });
    await waitFor(async () => (await inSync()) || undefined, { what: 'the replica to be in sync' });
    await master.kill();
    const next = { image_name: image, callback_url: null };
    const accepted = await waitFor(
      async () => {
        const answer = await swarmer.post('/submit', next);
        if (answer.status === 503) return undefined;
        expect(answer.status).toBe(201);
        return answer;
      },
      // A sentinel that had no processor for 2 s trusts nothing for 30 s (its TILT mode).
      { what: 'a job to be accepted again', timeoutMs: 60_000, detail: () => swarmer.lastLines() },
    );
    expect(accepted.ok).toBe(true);
    const { body } = await receiver.delivery('/under-way');
    expect(body.tasks.map(({ status, attempts }) => [status, attempts])).toEqual([
      [0, 1],
      [3, 1],
    ]);
  });
});

/** Whether the replica has all that its master has written. */
async function inSync(): Promise<boolean> {
  const offset = async (redis: Redis) => {
    const client = new Client({ path: redis.socketPath, username: 'admin', password: 'a' });
    try {
      return /master_repl_offset:(\d+)/.exec(await client.info('replication'))?.[1];
    } finally {
      client.disconnect();
    }
  };
  const [one, two] = [await offset(master), await offset(replica)];
  return one !== undefined && one !== '0' && one === two;
}
