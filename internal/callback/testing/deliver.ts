import type { Clock } from '../../clock/clock.ts';
import { FakeClock } from '../../clock/fake-clock.ts';
import { Policy } from '../../policy/index.ts';
import type { JobReader, TaskView } from '../../store/ports.ts';
import { endedTask, finishedJob, MemoryJob, UID } from '../../wire/testing/jobs.ts';
import { addressGuards } from '../address-guard.ts';
import { DEFAULT_TIME_LIMITS, type TimeLimits } from '../deadline.ts';
import { type CallbackTraces, createDeliver, type Deliver } from '../delivery.ts';
import type { Outcome } from '../outcome.ts';
import { createSendPost, type SendPost } from '../post.ts';
import { createResolver, type ResolveAll } from '../resolver.ts';
import { createSign } from '../signature.ts';

export const JOB = finishedJob('http://receiver/');
export const SMALL = [endedTask(0, 'hello €\n')];
/** About 3 MB: more than is kept between the two passes over a body. */
export const LARGE = Array.from({ length: 30 }, (_, index) => endedTask(index, '€'.repeat(33_000)));

export interface DeliverSetup {
  /** 127.0.0.1 unless told. */
  allow?: string[];
  resolve?: ResolveAll;
  secrets?: string[];
  time?: Partial<TimeLimits>;
  /** One that stands still unless told. */
  clock?: Clock;
  traces?: CallbackTraces;
}

/** Real deliveries over real connections. */
export function delivering(jobs: JobReader, setup: DeliverSetup = {}): Deliver {
  const clock = setup.clock ?? new FakeClock();
  const send = sending({ ...setup, clock });
  const { secrets = [], traces } = setup;
  const rest = traces === undefined ? {} : { traces };
  return createDeliver({ jobs, send, sign: createSign(secrets), clock, version: '1', ...rest });
}

/** The part of `delivering` that has the connection. */
export function sending({ allow, resolve, time, clock = new FakeClock() }: DeliverSetup): SendPost {
  const policy = new Policy({}, allow ?? ['127.0.0.1']);
  const guardOf = addressGuards(policy, resolve ?? createResolver({ clock }));
  const limits = { ...DEFAULT_TIME_LIMITS, ...time };
  return createSendPost(guardOf, clock, limits);
}

export interface TrySetup extends DeliverSetup {
  tasks?: TaskView[];
  /** In place of JOB with `tasks`. */
  jobs?: JobReader;
  /** Of the entry in the outbox; 1 unless told. */
  generation?: number;
  signal?: AbortSignal;
}

/** One try to deliver JOB to `url`, with SMALL unless told. */
export function deliver(url: string, setup: TrySetup = {}): Promise<Outcome> {
  const jobs = setup.jobs ?? new MemoryJob(JOB, setup.tasks ?? SMALL);
  const signal = setup.signal ?? new AbortController().signal;
  const { generation = 1 } = setup;
  const entry = { jobUid: UID, url, attempts: 0, generation };
  return delivering(jobs, setup)(entry, signal, () => {});
}

/** Resolves every name to these addresses. */
export function resolvesTo(...addresses: string[]): ResolveAll {
  const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  return (_hostname, _options, callback) => callback(null, found);
}
