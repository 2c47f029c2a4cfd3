import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { Redis as Client } from 'ioredis';
import { type Lab, startLab } from '../lab/lab.ts';
import type { Redis } from '../lab/redis.ts';
import { stopOnSignals } from '../lab/signals.ts';
import { Swarmer } from '../support/swarmer.ts';
import { SubmitStream } from './submit-stream.ts';

/*
 * SIGKILLs Redis under a stream of submissions, and counts the accepted jobs that it has lost:
 *   npx tsx test/chaos/redis-loss.ts [--kills 20] [--rate 200] [--connections 8]
 */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    rate: { type: 'string', default: '200' },
    connections: { type: 'string', default: '8' },
  },
});
const KILLS = Number(values.kills);
/** Jobs are accepted for so long before each kill, in ms: not in step with the fsync of each second. */
const BETWEEN_KILLS_MS = 1700;

/** `none` keeps nothing: it shows that a loss would be seen. */
type Policy = 'always' | 'everysec' | 'none';
const POLICIES: [Policy, number][] = [
  ['always', KILLS],
  ['everysec', KILLS],
  ['none', 1],
];

interface Loss {
  policy: Policy;
  accepted: number;
  perSecond: number;
  refused: number;
  lost: number;
  worstKill: number;
  missed: number;
}

async function measure(lab: Lab, policy: Policy, kills: number): Promise<Loss> {
  const redis = await lab.startRedis(policy === 'none' ? {} : { appendfsync: policy });
  const env = { REDIS_URL: `redis+unix://${redis.socketPath}` };
  const api = await new Swarmer(lab, { role: 'api', env }).start();
  const stream = new SubmitStream(`${api.url}/submit`, {
    perSecond: Number(values.rate),
    connections: Number(values.connections),
  });
  try {
    const lossPerKill = await killRepeatedly(redis, stream, kills);
    return {
      policy,
      accepted: stream.accepted.length,
      perSecond: (stream.accepted.length * 1000) / (kills * BETWEEN_KILLS_MS),
      refused: stream.refused,
      missed: stream.missed,
      lost: lossPerKill.reduce((sum, lost) => sum + lost, 0),
      worstKill: Math.max(...lossPerKill),
    };
  } finally {
    await stream.stop();
    await api.end();
    await redis.stop();
  }
}

/** @returns how many accepted jobs each kill lost. */
async function killRepeatedly(
  redis: Redis,
  stream: SubmitStream,
  kills: number,
): Promise<number[]> {
  const lost: number[] = [];
  let known = 0;
  for (let kill = 0; kill < kills; kill++) {
    await stream.flowing();
    await delay(BETWEEN_KILLS_MS);
    await redis.kill();
    // Answers that were on their way are in; Redis is away, so nothing else is accepted.
    await stream.refusing();
    const checked = stream.accepted.slice(known);
    known += checked.length;
    await redis.start();
    lost.push(await countMissing(redis, checked));
  }
  return lost;
}

async function countMissing(redis: Redis, uids: readonly string[]): Promise<number> {
  const client = new Client(redis.url);
  try {
    const there = await Promise.all(uids.map((uid) => client.exists(`swarmer:job:${uid}`)));
    return there.filter((found) => found === 0).length;
  } finally {
    client.disconnect();
  }
}

function holds(policy: Policy, accepted: number, lost: number): boolean {
  if (policy === 'none') return lost > 0;
  return accepted > 0 && (policy === 'everysec' || lost === 0);
}

const lab = await startLab({ swarm: false });
const forgetSignals = stopOnSignals(() => lab.stop());
try {
  const table = new Table({
    head: [
      'appendfsync',
      'kills',
      'accepted',
      'a second',
      'refused',
      'late',
      'lost',
      'lost by one kill',
    ],
    style: { head: [], border: [] },
  });
  for (const [policy, kills] of POLICIES) {
    const loss = await measure(lab, policy, kills);
    const { accepted, perSecond, refused, missed, lost, worstKill } = loss;
    table.push([policy, kills, accepted, Math.round(perSecond), refused, missed, lost, worstKill]);
    if (!holds(policy, accepted, lost)) process.exitCode = 1;
  }
  process.stdout.write(`SIGKILL of Redis at ${values.rate} submissions a second\n`);
  process.stdout.write(`${table.toString()}\n`);
} finally {
  forgetSignals();
  await lab.stop();
}
