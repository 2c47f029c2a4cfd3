import type { Logger } from 'pino';
import type { Clock } from '../clock/clock.ts';
import type { PolicySource } from '../policy/index.ts';
import type { JobReader, OutboxStore } from '../store/ports.ts';
import { addressGuards } from './address-guard.ts';
import { type BackoffPolicy, DEFAULT_BACKOFF } from './backoff.ts';
import { DEFAULT_TIME_LIMITS, type TimeLimits } from './deadline.ts';
import { type CallbackTraces, createDeliver } from './delivery.ts';
import type { CallbackMetrics } from './dispatch-run.ts';
import { CallbackDispatcher } from './dispatcher.ts';
import { createSendPost } from './post.ts';
import { createResolver, type ResolveAll } from './resolver.ts';
import { createSign } from './signature.ts';

export type { BackoffPolicy } from './backoff.ts';
export type { TimeLimits } from './deadline.ts';
export type { CallbackTraces } from './delivery.ts';
export type { CallbackMetrics } from './dispatch-run.ts';
export { CallbackDispatcher } from './dispatcher.ts';
export type { DeliveryTrace } from './outcome.ts';

/** What callbacks are delivered with. */
export interface CallbackOptions {
  outbox: OutboxStore;
  jobs: JobReader;
  clock: Clock;
  log: Logger;
  /** Version of Swarmer, for `user-agent`. */
  version: string;
  /** Which hosts and addresses are reached. */
  policy: PolicySource;
  /** `SWARMER_CALLBACK_SECRET`; several for rotation. Unsigned by default. */
  secrets?: readonly string[];
  time?: Partial<TimeLimits>;
  backoff?: Partial<BackoffPolicy>;
  /** Deliveries under way at one time, 16 by default. */
  concurrency?: number;
  /** Of these, to one host; 4 by default. */
  perHost?: number;
  /** Ms for deliveries under way when told to stop, 5000 by default. */
  graceMs?: number;
  /** In [0, 1); `Math.random` by default. */
  random?: () => number;
  /** `createResolver` by default. */
  resolve?: ResolveAll;
  metrics?: CallbackMetrics;
  traces?: CallbackTraces;
}

/**
 * Puts a dispatcher together.
 * @throws Error that names the setting when a secret cannot be read.
 */
export function createCallbackDispatcher(options: CallbackOptions): CallbackDispatcher {
  const { outbox, jobs, clock, log, version } = options;
  const guardOf = addressGuards(options.policy, options.resolve ?? createResolver({ clock }));
  const send = createSendPost(guardOf, clock, { ...DEFAULT_TIME_LIMITS, ...options.time });
  const sign = createSign(options.secrets ?? []);
  return new CallbackDispatcher({
    outbox,
    deliver: createDeliver({ ...{ jobs, send, sign, clock, version }, ...traced(options) }),
    clock,
    log,
    random: options.random ?? Math.random,
    backoff: { ...DEFAULT_BACKOFF, ...options.backoff },
    limits: { concurrency: options.concurrency ?? 16, perHost: options.perHost ?? 4 },
    graceMs: options.graceMs ?? 5000,
    ...(options.metrics === undefined ? {} : { metrics: options.metrics }),
  });
}

function traced({ traces }: CallbackOptions): { traces?: CallbackTraces } {
  return traces === undefined ? {} : { traces };
}
