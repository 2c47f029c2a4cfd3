import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { systemClock } from '../../../internal/clock/clock.ts';
import { Backups, connectRedis } from '../../../internal/store/index.ts';
import { makeKeys } from '../../../internal/store/keys.ts';
import { waitFor } from '../../lab/wait.ts';
import { finishAtOnce } from '../../support/finish-at-once.ts';
import { quantile } from '../figures.ts';
import { Installation, PRINTS_A_LINE } from '../installation.ts';
import { Probe } from '../probe.ts';
import type { Figure, Scenario } from '../scenario.ts';

const SIZES = [1000, 100_000, 1_000_000];
const PREFIX = 'swarmer:';
/** Most tasks that one request may name. */
const NAMED = 100_000;

/** What one job went through, and what others had of it meanwhile. */
interface Step {
  seconds: number;
  /** The longest command of Redis, in ms. */
  commandMs: number;
  /** 99 of 100 requests of others took no longer, in ms. */
  othersMs: number;
}

export const largeJobs: Scenario = {
  name: 'large-jobs',
  about:
    `jobs of ${SIZES.join(', ')} tasks, while a controller works: the longest command of Redis in all that they ` +
    'go through, and what others wait for a small job meanwhile',
  run: async ({ shrink }) => {
    const sizes = SIZES.map((size) => Math.ceil(size / shrink));
    const steps = new Map<string, Step[]>();
    const ratios: number[] = [];
    let leases = 0;
    for (const size of sizes) {
      const options = { concurrency: 50, behaviour: PRINTS_A_LINE };
      const lived = await Installation.with(options, (at) => live(at, size));
      for (const [name, step] of lived.steps) steps.set(name, [...(steps.get(name) ?? []), step]);
      ratios.push(lived.statusRatio);
      leases += lived.leases;
    }
    const entries = [...steps];
    const figures: Figure[] = [
      ...entries.map(([name, of]): Figure => {
        const values = of.map(({ commandMs }) => commandMs);
        const aim = { of: 'max', atMost: 10 } as const;
        return { name: `longest command: ${name}`, unit: 'ms', values, aim };
      }),
      ...entries.map(([name, of]): Figure => {
        const values = of.map(({ othersMs }) => othersMs);
        const aim = { of: 'max', atMost: 100 } as const;
        return { name: `others, p99: ${name}`, unit: 'ms', values, aim };
      }),
      ...entries.map(([name, of]): Figure => {
        return { name: `takes: ${name}`, unit: 's', values: of.map(({ seconds }) => seconds) };
      }),
      {
        // Of a job of a thousand both take some ms.
        ...{ name: '`GET /status` / all of the pages of tasks', unit: 'ratio' },
        values: ratios.slice(1),
        aim: { of: 'max', atMost: 1.2 },
      },
      {
        ...{ name: 'leases lost', unit: '', values: [leases] },
        aim: { of: 'max', atMost: 0 },
      },
    ];
    return { figures };
  },
};

async function live(at: Installation, size: number) {
  const steps = new Map<string, Step>();
  // A command that waits for a processor, as others of the machine have it, is no long one.
  execFileSync('chrt', ['--reset-on-fork', '--fifo', '--pid', '1', String(at.redis.pid)]);
  const other = await at.api.create({ image: 'busybox', suspend: true, completions: 3 });
  await at.controller.start();
  const lease = () => at.db.hget(`${PREFIX}lease`, 'token');
  await waitFor(async () => (await lease()) !== null, { what: 'a leader' });
  const token = await lease();
  const step = async (name: string, work: () => Promise<unknown>) => {
    steps.set(name, await during(at, other, work));
  };
  let uid = '';
  await step('accept', async () => {
    uid = await at.api.create({ image: 'busybox', suspend: true, tasks: [{ name: 'first' }] });
    await at.add(uid, 1, size - 1);
  });
  const store = { redis: at.db, keys: makeKeys(PREFIX) };
  await finishAtOnce(store, uid, size, () => 'failed');
  let [statusMs, pagesMs] = [0, 0];
  await step('all of its tasks', async () => {
    pagesMs = await timedOver(() => allPages(at, uid));
  });
  await step('status', async () => {
    statusMs = await timedOver(() => drained(at, `/status/${uid}`));
  });
  await step('backup, finished', () => backup(at));
  const named = Array.from({ length: Math.min(NAMED, size / 2) }, (_, i) => size - 1 - i);
  await step('retry of named tasks', () => post(at, `/v1/jobs/${uid}/retry`, { tasks: named }));
  await step('cancel', () => cancelled(at, uid));
  await step('retry of all', () => post(at, `/v1/jobs/${uid}/retry`, {}));
  await step('backup, running', () => backup(at));
  await step('cancel with all waiting', () => cancelled(at, uid));
  await step('delete and removal', () => removed(at, uid));
  return {
    ...{ steps, statusRatio: statusMs / pagesMs },
    leases: Number(await lease()) - Number(token),
  };
}

/** What a step takes, and what it costs others. */
async function during(
  at: Installation,
  other: string,
  work: () => Promise<unknown>,
): Promise<Step> {
  await at.db.config('SET', 'slowlog-log-slower-than', '500', 'slowlog-max-len', '100000');
  await at.db.slowlog('RESET');
  const probe = new Probe(`${at.api.url}/v1/jobs/${other}`);
  const seconds = (await timedOver(work)) / 1000;
  const waits = await probe.end();
  const slow = (await at.db.slowlog('GET', 100_000)) as [number, number, number, string[]][];
  const longest = slow.reduce((most, [, , micros]) => Math.max(most, micros), 0);
  return { seconds, commandMs: longest / 1000, othersMs: quantile(waits, 0.99) };
}

async function timedOver(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

/** @throws Error when it is refused, but for a job that has ended already. */
async function post(at: Installation, path: string, body: object): Promise<void> {
  const answer = await at.api.post(path, body);
  const text = await answer.text();
  if (!answer.ok && answer.status !== 409) throw new Error(`${path}: ${answer.status} ${text}`);
}

async function cancelled(at: Installation, uid: string): Promise<void> {
  await post(at, `/v1/jobs/${uid}/cancel`, {});
  const phase = () => at.db.hget(at.keysOf(uid).job, 'phase');
  const isOver = async () => (await phase()) !== 'Running';
  await waitFor(isOver, { what: `the end of ${uid}`, timeoutMs: 120_000 });
}

async function removed(at: Installation, uid: string): Promise<void> {
  await at.api.request(`/v1/jobs/${uid}`, { method: 'DELETE' });
  const isGone = async () => (await at.db.exists(at.keysOf(uid).job)) === 0;
  await waitFor(isGone, { what: `the removal of ${uid}`, timeoutMs: 120_000 });
}

async function drained(at: Installation, path: string): Promise<void> {
  const answer = await at.api.request(path);
  if (!answer.ok || answer.body === null) throw new Error(`${path}: ${answer.status}`);
  for await (const _ of answer.body);
}

async function allPages(at: Installation, uid: string): Promise<void> {
  let next: string | undefined = '0';
  while (next !== undefined) {
    const answer = await at.api.request(`/v1/jobs/${uid}/tasks?limit=1000&continue=${next}`);
    const page = (await answer.json()) as { metadata: { continue?: string } };
    next = page.metadata.continue;
  }
}

/** By a process of its own, as it is made: this one. */
async function backup(at: Installation): Promise<void> {
  const path = join(tmpdir(), `large-jobs-${process.pid}.backup`);
  const target = { kind: 'unix', path: at.redis.socketPath } as const;
  const redis = connectRedis(target, pino({ level: 'silent' }));
  await redis.connect();
  try {
    await new Backups(redis, systemClock, PREFIX).backup(path, 'bench');
  } finally {
    redis.disconnect();
    rmSync(path, { force: true });
  }
}
