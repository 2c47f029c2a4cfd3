import type { Logger } from 'pino';
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

  constructor(options: ElectorOptions) {
    this.#options = { leaseMs: 5000, renewMs: 1000, pollMs: 250, ...options };
  }

  /** Calls `lead` for each term, until `signal` aborts and the last term has ended. */
  async run(lead: (term: Term) => Promise<void>, signal: AbortSignal): Promise<void> {
    const { clock, pollMs, log } = this.#options;
    while (!signal.aborted) {
      const fence = await this.#tryAcquire().catch((err: unknown) => {
        log.warn({ err }, 'cannot read the lease');
        return undefined;
      });
      if (fence === undefined) await clock.sleep(pollMs, signal);
      else await this.#serve(fence, lead, signal);
    }
  }

  async #tryAcquire(): Promise<Fence | undefined> {
    const { store, holder, clock, leaseMs } = this.#options;
    const lease = await store.readLease();
    const now = clock.monotonic();
    if (this.#seen === undefined || !same(this.#seen.lease, lease)) this.#seen = { lease, at: now };
    const free = lease.holder === '' || now - this.#seen.at >= leaseMs;
    return free ? store.acquireLease(holder, lease) : undefined;
  }

  async #serve(
    fence: Fence,
    lead: (term: Term) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, leaseMs, renewMs, log, store, holder } = this.#options;
    const ended = new AbortController();
    let validUntil = clock.monotonic() + leaseMs - renewMs;
    const term: Term = {
      fence,
      signal: AbortSignal.any([signal, ended.signal]),
      mayAct: () => !ended.signal.aborted && clock.monotonic() < validUntil,
      end: () => ended.abort(),
    };
    log.info({ token: fence.token }, 'leading');
    const renewals = this.#renew(fence, ended, (until) => {
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
    log.info({ token: fence.token }, 'no longer leading');
    await store.releaseLease(holder, fence).catch((err: unknown) => {
      log.warn({ err }, 'cannot release the lease: the next leader waits until it runs out');
    });
  }

  /** Renews until the term ends; ends it when the lease is lost or could have expired. */
  async #renew(
    fence: Fence,
    ended: AbortController,
    extend: (validUntil: number) => void,
  ): Promise<void> {
    const { clock, leaseMs, renewMs, store, holder, log } = this.#options;
    let lastSuccess = clock.monotonic();
    while (!ended.signal.aborted) {
      await clock.sleep(renewMs, ended.signal);
      if (ended.signal.aborted) return;
      const begun = clock.monotonic();
      const renewed = await store.renewLease(holder, fence).catch((err: unknown) => {
        log.warn({ err }, 'cannot renew the lease');
        return undefined;
      });
      if (renewed) {
        lastSuccess = begun;
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
