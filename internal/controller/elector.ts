import { setMaxListeners } from 'node:events';
import type { Logger } from 'pino';
import { untilBeat } from '../clock/beat.ts';
import type { Clock } from '../clock/clock.ts';
import type { Fence, LeaseRecord, LeaseStore } from '../store/index.ts';

/** A time of leadership. Ends when `signal` aborts. */
export interface Term {
  fence: Fence;
  signal: AbortSignal;
  /**
   * False as soon as the lease could have expired by this process's monotonic clock. Asked before
   * every step that starts work, because a paused process does not notice the pause.
   */
  mayAct(): boolean;
  /** Ends the term early: a write was refused because somebody else leads. */
  end(): void;
}

interface ElectorOptions {
  store: LeaseStore;
  /** Unique to this process. */
  holder: string;
  clock: Clock;
  log: Logger;
  leaseMs?: number;
  renewMs?: number;
  /** How often those who wait look at the lease. */
  pollMs?: number;
}

/**
 * Takes turns at leading. The lease carries no expiry: whoever waits takes it over once it has not
 * changed for `leaseMs` of its own monotonic clock, so no jump of a wall clock ends it early.
 */
export class Elector {
  readonly #options: Required<ElectorOptions>;
  #seen: { lease: LeaseRecord; at: number } | undefined;
  /** Monotonic ms at which the lease last changed, as far as this process knows. */
  #changedAt: number | undefined;

  constructor(options: ElectorOptions) {
    this.#options = { leaseMs: 5000, renewMs: 1000, pollMs: 250, ...options };
  }

  /** Ms since the lease was last seen to change; undefined before the first look at it. */
  get leaseAgeMs(): number | undefined {
    if (this.#changedAt === undefined) return undefined;
    return this.#options.clock.monotonic() - this.#changedAt;
  }

  /** Calls `lead` for each term, until `signal` aborts and the last term has ended. */
  async run(lead: (term: Term) => Promise<void>, signal: AbortSignal): Promise<void> {
    const { clock, pollMs, log } = this.#options;
    while (!signal.aborted) {
      const asked = clock.monotonic();
      const fence = await this.#tryAcquire().catch((err: unknown) => {
        log.warn({ err }, 'cannot read the lease');
        return undefined;
      });
      if (fence === undefined) await clock.sleep(pollMs, signal);
      else await this.#serve(fence, asked, lead, signal);
    }
  }

  async #tryAcquire(): Promise<Fence | undefined> {
    const { store, holder, clock, leaseMs } = this.#options;
    const lease = await store.readLease();
    const now = clock.monotonic();
    if (this.#seen === undefined || !same(this.#seen.lease, lease)) {
      this.#seen = { lease, at: now };
      this.#changedAt = now;
    }
    const free = lease.holder === '' || now - this.#seen.at >= leaseMs;
    return free ? store.acquireLease(holder, lease) : undefined;
  }

  /** @param asked when the lease was asked for: it runs from then at the latest. */
  async #serve(
    fence: Fence,
    asked: number,
    lead: (term: Term) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, leaseMs, renewMs, log, store, holder } = this.#options;
    const ended = new AbortController();
    let validUntil = asked + leaseMs - renewMs;
    this.#changedAt = asked;
    const term: Term = {
      fence,
      signal: AbortSignal.any([signal, ended.signal]),
      mayAct: () => !ended.signal.aborted && clock.monotonic() < validUntil,
      end: () => ended.abort(),
    };
    // Everything that waits listens to the end of the term, however much it is.
    setMaxListeners(0, term.signal);
    log.info({ fence: fence.token }, 'leading');
    const renewals = this.#renew(fence, asked, ended, (until) => {
      validUntil = until;
    });
    try {
      await lead(term);
    } catch (err) {
      log.error({ err }, 'a term of leadership ended with an error');
      await clock.sleep(renewMs, signal);
    } finally {
      ended.abort();
      await renewals;
    }
    log.info({ fence: fence.token }, 'no longer leading');
    await store.releaseLease(holder, fence).catch((err: unknown) => {
      log.warn({ err }, 'cannot release the lease: the next leader waits until it runs out');
    });
  }

  /** Renews until the term ends; ends it when the lease is lost or could have expired. */
  async #renew(
    fence: Fence,
    asked: number,
    ended: AbortController,
    extend: (validUntil: number) => void,
  ): Promise<void> {
    const { clock, leaseMs, renewMs, store, holder, log } = this.#options;
    let lastSuccess = asked;
    while (!ended.signal.aborted) {
      await untilBeat(clock, renewMs, ended.signal);
      if (ended.signal.aborted) return;
      const begun = clock.monotonic();
      const renewed = await store.renewLease(holder, fence).catch((err: unknown) => {
        log.warn({ err }, 'cannot renew the lease');
        return undefined;
      });
      if (renewed) {
        lastSuccess = begun;
        this.#changedAt = begun;
        extend(begun + leaseMs - renewMs);
      } else if (renewed === false || clock.monotonic() - lastSuccess >= leaseMs) {
        ended.abort();
      }
    }
  }
}

function same(a: LeaseRecord, b: LeaseRecord): boolean {
  return a.holder === b.holder && a.token === b.token && a.beat === b.beat;
}
