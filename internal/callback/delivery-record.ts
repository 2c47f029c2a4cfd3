import type { DeliveryResult, OutboxEntry } from '../store/ports.ts';
import { type BackoffPolicy, nextDelayMs } from './backoff.ts';
import type { Outcome } from './outcome.ts';

/** What a try is recorded with. */
export interface RecordContext {
  policy: BackoffPolicy;
  /** Unix ms at which the try ended. */
  now: number;
  /** How long the try took, in ms. */
  tookMs: number;
  /** In [0, 1). */
  random: number;
}

/** The record of a try: when to try again, or that it was the last. Pure. */
export function deliveryResult(
  entry: OutboxEntry,
  outcome: Outcome,
  { policy, now, tookMs, random }: RecordContext,
): DeliveryResult {
  const facts = {
    ...(entry.generation === undefined ? {} : { generation: entry.generation }),
    ...(entry.redeliveries === undefined ? {} : { redeliveries: entry.redeliveries }),
    at: now,
    tookMs,
    ...(outcome.reply === undefined ? {} : { reply: outcome.reply }),
  };
  if (outcome.kind === 'delivered') return { kind: 'delivered', status: outcome.status, ...facts };
  const seen = { ...facts, ...(outcome.status === undefined ? {} : { status: outcome.status }) };
  if (outcome.kind === 'dead') return { kind: 'dead', error: outcome.error, ...seen };
  const tries = entry.attempts + 1;
  const delay = nextDelayMs(policy, tries, random);
  if (delay === undefined) {
    return { kind: 'dead', error: `${outcome.error} Given up after ${tries} tries.`, ...seen };
  }
  const wait = Math.max(delay, outcome.retryAfterMs ?? 0);
  return { kind: 'retry', error: outcome.error, ...seen, nextAt: now + wait };
}
