import type { Redis } from 'ioredis';
import { pino } from 'pino';
import { afterAll, beforeAll } from 'vitest';
import type {
  AttemptRecord,
  JobSpec,
  OutputSummary,
  Settlement,
  TaskResult,
  TaskSpec,
  Verdict,
} from '../../internal/apis/index.ts';
import { FakeClock } from '../../internal/clock/fake-clock.ts';
import {
  type ClaimedTask,
  connectRedis,
  type Fence,
  openStores,
  StoreError,
  type Stores,
} from '../../internal/store/index.ts';
import { makeKeys } from '../../internal/store/keys.ts';
import { injectLab } from '../lab/inject.ts';
import type { Redis as Server } from '../lab/redis.ts';

export const silent = pino({ level: 'silent' });

export const SPEC: JobSpec = {
  image: 'busybox',
  backoffLimit: 0,
  lossLimit: 10,
  outputLimitBytes: 1024,
};

export const OUTPUT: OutputSummary = {
  stdout: { bytes: 3, truncated: false },
  stderr: { bytes: 0, truncated: false },
  log: { state: 'complete' },
};

export const SUCCEEDED: Verdict = { outcome: 'Succeeded', exitStatus: 0, source: 'service' };

/** A test's own store: a prefix of its own on the file's Redis, and a leader's fence. */
export class TestStore {
  readonly clock = new FakeClock();
  readonly prefix: string;
  readonly jobs: Stores['jobs'];
  readonly controller: Stores['controller'];
  readonly lease: Stores['lease'];
  readonly outbox: Stores['outbox'];
  readonly backlog: Stores['backlog'];
  readonly redis: Redis;
  readonly keys: ReturnType<typeof makeKeys>;

  constructor(redis: Redis, prefix: string, attemptOutputBytes?: number) {
    this.prefix = prefix;
    this.redis = redis;
    this.keys = makeKeys(prefix);
    const room = attemptOutputBytes === undefined ? {} : { attemptOutputBytes };
    const stores = openStores(redis, this.clock, prefix, room);
    this.jobs = stores.jobs;
    this.controller = stores.controller;
    this.lease = stores.lease;
    this.outbox = stores.outbox;
    this.backlog = stores.backlog;
  }

  /** Becomes the leader, whoever is it. */
  async lead(holder = 'me'): Promise<Fence> {
    const fence = await this.lease.acquireLease(holder, await this.lease.readLease());
    if (fence === undefined) throw new Error('somebody else was faster');
    return fence;
  }

  async submit(names: string[], spec: JobSpec = SPEC, uid = names.join('')): Promise<string> {
    return this.jobs.submitJob({ uid: `J${uid}`, spec, tasks: tasksOf(names) });
  }

  claim(fence: Fence, uid: string, limit: number, maxConcurrent = 1000): Promise<ClaimedTask[]> {
    const now = this.clock.now();
    return this.controller.claimTasks(fence, uid, { limit, maxConcurrent, now });
  }

  /** Ends a claimed attempt in one go. */
  async settle(fence: Fence, uid: string, { index, record }: ClaimedTask, settlement: Settlement) {
    await this.controller.settleAttempt(fence, uid, index, { from: record, settlement });
  }

  /** Stores a report of an attempt. */
  report(jobUid: string, index: number, attempt: number, taskName: string, text = 'out') {
    const output = { summary: OUTPUT, stdout: Buffer.from(text), stderr: Buffer.from('err') };
    const id = { jobUid, index, attempt };
    return this.jobs.storeReport({ id, exitStatus: 0, output, digest: text }, taskName);
  }

  /** Stores that a report of an attempt was refused. */
  refuse(jobUid: string, index: number, attempt: number, why = 'no status') {
    return this.jobs.refuseReport({ id: { jobUid, index, attempt }, why });
  }

  /** Tasks counted by looking at each of them. */
  async recount(uid: string) {
    const tasks = await this.jobs.readTasks(uid, 0, 1000);
    const ended = tasks.filter(({ result }) => result !== undefined);
    const active = tasks.filter(({ attempt }) => attempt !== undefined).length;
    const succeeded = ended.filter(({ result }) => result?.verdict.outcome === 'Succeeded').length;
    const pending = tasks.length - active - ended.length;
    return {
      total: tasks.length,
      pending,
      active,
      succeeded,
      failed: ended.length - succeeded,
      cancelled: 0,
    };
  }

  async slots(): Promise<number> {
    return Number((await this.redis.get(this.keys.slots)) ?? 0);
  }
}

export function tasksOf(names: string[]): TaskSpec[] {
  return names.map((name) => ({ name, args: [`--${name}`] }));
}

function resultOf(record: AttemptRecord, verdict: Verdict = SUCCEEDED): TaskResult {
  return { verdict, output: OUTPUT, attempts: record.attempt, losses: record.losses };
}

type Final = Extract<Settlement, { kind: 'final' }>;

export function finalOf(record: AttemptRecord, succeeded = true): Final {
  return { kind: 'final', succeeded, result: resultOf(record) };
}

/** The task was stopped because its job ended. */
export function cancelledOf(record: AttemptRecord): Final {
  const verdict = { outcome: 'Cancelled', exitStatus: null, source: 'controller' } as const;
  return { kind: 'final', succeeded: false, result: resultOf(record, verdict) };
}

/** The first of a claim. @throws Error when nothing was claimed. */
export function first<T>(of: readonly T[]): T {
  const [one] = of;
  if (one === undefined) throw new Error('there is none');
  return one;
}

/** The code of the StoreError that a call ends with; `resolved` when it does not fail. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'resolved';
  } catch (error) {
    if (error instanceof StoreError) return error.code;
    throw error;
  }
}

/** A Redis for the test file, and a fresh store on it for each test that asks. */
export function useStore(): () => TestStore {
  let server: Server;
  let redis: Redis;
  let number = 0;
  beforeAll(async () => {
    server = await injectLab().startRedis();
    redis = connectRedis({ kind: 'unix', path: server.socketPath }, silent);
    await redis.connect();
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });
  return () => new TestStore(redis, `test${++number}:`);
}
