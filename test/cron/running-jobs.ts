import { ulid } from 'ulid';
import type { CronJobSpec, JobEnding } from '../../internal/apis/index.ts';
import { type Fence, openStores, type Stores } from '../../internal/store/index.ts';
import { finalOf, first, type TestStore } from '../store/harness.ts';

/** A job of a cron job that is not finished. */
export interface RunningJob {
  uid: string;
  /** Uid of its cron job. */
  cron: string;
  /** Unix ms, from its annotation. */
  tick: number;
  /** Unix ms at which it ends. */
  ends: number;
}

/** Tells of a job that was made. @returns how long it runs, in ms. */
export type OnStarted = (cron: string, tick: number) => number;

/**
 * The jobs that cron jobs make in a real store: sees them as they are made, and ends them when their
 * time comes, as the controller of jobs would.
 */
export class RunningJobs {
  readonly crons: Stores['crons'];
  readonly running = new Map<string, RunningJob>();
  readonly #store: TestStore;
  readonly #started: OnStarted;
  #seen = '0-0';
  #number = 0;

  constructor(store: TestStore, started: OnStarted) {
    this.#store = store;
    this.#started = started;
    this.crons = openStores(store.redis, store.clock, store.prefix).crons;
  }

  /** Stores a cron job. @returns its uid. */
  async add(name: string, spec: CronJobSpec): Promise<string> {
    const uid = ulid(this.#number++);
    const meta = { namespace: 'default', name };
    const applied = { spec: {}, tasks: 0 };
    await this.crons.putCronJob({ uid, spec, meta, applied, fromNow: false });
    return uid;
  }

  /** Takes note of the jobs that were made since the last call, from the stream of changes. */
  async observe(): Promise<void> {
    const { redis, keys, clock } = this.#store;
    for (const [id, fields] of await redis.xrange(keys.watch, `(${this.#seen}`, '+')) {
      this.#seen = id;
      const entry = Object.fromEntries(pairs(fields)) as Record<string, string>;
      if (entry['kind'] !== 'Job' || entry['change'] !== 'ADDED') continue;
      const uid = entry['uid'] ?? '';
      const { annotations, ownerReference } = JSON.parse(entry['meta'] ?? '');
      const [cron, tick] = [ownerReference.uid, Date.parse(annotations['swarmer/scheduled-at'])];
      const ends = clock.now() + this.#started(cron, tick);
      this.running.set(uid, { uid, cron, tick, ends });
    }
  }

  /** Unix ms at which the next job ends; infinite when none runs. */
  nextEnd(): number {
    return Math.min(
      Number.POSITIVE_INFINITY,
      ...[...this.running.values()].map(({ ends }) => ends),
    );
  }

  /** Ends the jobs whose time has come: every fifth fails. */
  async endDue(fence: Fence): Promise<void> {
    const due = [...this.running.values()].filter(({ ends }) => ends <= this.#store.clock.now());
    for (const { uid } of due.sort((a, b) => a.ends - b.ends)) {
      if (this.#number++ % 5 === 4) await this.end(fence, uid, 'Failed');
      else await this.#succeed(fence, uid);
    }
  }

  /** Ends a job before its time. */
  async end(fence: Fence, uid: string, phase: JobEnding['phase']): Promise<void> {
    const { controller } = this.#store;
    const reason = phase === 'Cancelled' ? 'CancelRequested' : 'DeadlineExceeded';
    await controller.endJob(fence, uid, { phase, reason, message: 'the test ends it' });
    await this.#complete(fence, uid);
  }

  async #succeed(fence: Fence, uid: string): Promise<void> {
    const task = first(await this.#store.claim(fence, uid, 1));
    await this.#store.settle(fence, uid, task, finalOf(task.record));
    await this.#complete(fence, uid);
  }

  async #complete(fence: Fence, uid: string): Promise<void> {
    const { controller, clock } = this.#store;
    if (!(await controller.completeJob(fence, uid, clock.now())))
      throw new Error(`${uid} not done`);
    this.running.delete(uid);
  }

  /** Removes what was deleted, as the controller of jobs would. */
  async expire(fence: Fence): Promise<void> {
    const { controller, clock } = this.#store;
    for (const uid of await controller.expiredJobs(clock.now(), 1000)) {
      await controller.expireJob(fence, uid, clock.now());
    }
  }

  /** Unix ms at which the next cron job is to be planned; infinite when none is. */
  async nextDue(): Promise<number> {
    const [, score] = await this.#store.redis.zrange(this.#store.keys.cronsDue, 0, 0, 'WITHSCORES');
    return score === undefined ? Number.POSITIVE_INFINITY : Number(score);
  }
}

function pairs(fields: string[]): string[][] {
  return Array.from({ length: fields.length / 2 }, (_, i) => fields.slice(2 * i, 2 * i + 2));
}
