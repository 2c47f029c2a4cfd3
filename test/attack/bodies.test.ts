import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashOf, newToken } from '../../internal/access/index.ts';
import { injectLab } from '../lab/inject.ts';
import { hasCode } from '../lab/process.ts';
import type { Redis } from '../lab/redis.ts';
import { Swarmer } from '../support/swarmer.ts';
import { worstBodies } from './worst-bodies.ts';

/** S2: bodies that take many times their length in memory, and such as never end. */

/** Of the stack's services. */
const LIMIT_MIB = 512;
/** What Node gives its heap in so much memory. */
const HEAP_MIB = LIMIT_MIB / 2;
const CONNECTIONS = 20;
const ATTACK_MS = 15_000;

const lab = injectLab();
const tokens = { attacker: newToken(), staller: newToken(), tenant: newToken() };
let redis: Redis;
let swarmer: Swarmer;

beforeAll(async () => {
  const entries = Object.entries(tokens).map(
    ([name, token]) =>
      `- { name: ${name}, role: submit, namespaces: [${name}], hash: "${hashOf(token)}" }\n`,
  );
  const file = join(lab.dir, 'bodies-access.yaml');
  writeFileSync(file, `apiVersion: swarmer/v1\nkind: Access\ntokens:\n${entries.join('')}`);
  redis = await lab.startRedis();
  const env = {
    ...{ REDIS_URL: `redis+unix://${redis.socketPath}`, SWARMER_HOST: '127.0.0.1' },
    ...{
      SWARMER_ACCESS_FILE: file,
      SWARMER_POLICY: 'none',
      // The second as the image starts it.
      NODE_OPTIONS: `--max-old-space-size=${HEAP_MIB} --max-semi-space-size=32`,
    },
  };
  swarmer = await new Swarmer(lab, { role: 'api', env }).start();
});

afterAll(async () => {
  agent.destroy();
  await swarmer?.end();
  await redis?.stop();
});

const headers = (name: keyof typeof tokens) => ({ authorization: `Bearer ${tokens[name]}` });

/** The most memory that it has taken so far, in MiB. */
function peakMib(): number {
  const status = readFileSync(`/proc/${swarmer.pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}

const agent = new Agent({ keepAlive: true });

/** Not by `fetch`, which would copy each body. */
async function post(name: keyof typeof tokens, body: Buffer | string): Promise<number> {
  const sending = request({
    ...{ host: '127.0.0.1', port: swarmer.port, method: 'POST', path: '/submit', agent },
    headers: {
      ...headers(name),
      'content-type': 'application/json',
      'content-length': body.length,
    },
  });
  sending.end(body);
  try {
    const [answer] = (await once(sending, 'response')) as [IncomingMessage];
    answer.resume();
    await once(answer, 'end');
    return answer.statusCode ?? 0;
  } catch (error) {
    // Who has no time to send is cut off.
    if (hasCode(error, 'ECONNRESET') || hasCode(error, 'EPIPE')) return 0;
    throw error;
  }
}

/** Opens connections that send all but the end of a body. */
async function unfinished(count: number, bytes: number): Promise<Socket[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const socket = connect(swarmer.port, '127.0.0.1');
      socket.on('error', () => {});
      await once(socket, 'connect');
      const head = `POST /submit HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${bytes}`;
      socket.write(`${head}\r\nAuthorization: Bearer ${tokens.staller}\r\n\r\n`);
      socket.write(Buffer.alloc(bytes - 1, '['));
      return socket;
    }),
  );
}

describe('the worst bodies, on many connections at a time', () => {
  test('neither end the process nor keep another tenant from submitting', async () => {
    const until = Date.now() + ATTACK_MS;
    const bodies = worstBodies();
    const statuses = new Map<number, number>();
    const attacking = Array.from({ length: CONNECTIONS }, async (_, i) => {
      for (let n = i; Date.now() < until; n++) {
        const body = bodies[n % bodies.length] ?? '';
        const status = await post('attacker', body);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    });
    const stalled = [await unfinished(50, 60_000), await unfinished(50, 10_485_760)].flat();
    const ordinary = JSON.stringify({ image_name: 'busybox', callback_url: null });
    const tries: Promise<boolean>[] = [];
    while (Date.now() < until) {
      tries.push(
        post('tenant', ordinary).then(
          async (status) => status === 201 || (await post('tenant', ordinary)) === 201,
        ),
      );
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const accepted = (await Promise.all(tries)).filter(Boolean).length;
    await Promise.all(attacking);
    // Those of which nothing more came were cut off.
    expect(stalled.slice(0, 50).every(({ destroyed }) => destroyed)).toBe(true);
    for (const socket of stalled) socket.destroy();
    expect(swarmer.running).toBe(true);
    expect([...statuses.keys()].filter((it) => ![0, 400, 429].includes(it))).toEqual([]);
    expect(statuses.get(400) ?? 0).toBeGreaterThan(bodies.length);
    expect(accepted / tries.length).toBeGreaterThanOrEqual(0.95);
    expect(peakMib()).toBeLessThan(LIMIT_MIB);
  });
});
