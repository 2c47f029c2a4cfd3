import { pino } from 'pino';
import type { Clock } from '../../clock/clock.ts';
import type { FakeClock } from '../../clock/fake-clock.ts';
import type { Fence, LeaseRecord, LeaseStore } from '../../store/index.ts';
import { Elector, type Term } from '../elector.ts';

export const LEASE_MS = 5000;
export const RENEW_MS = 1000;
export const POLL_MS = 250;
export const STEP_MS = 50;

/** The lease as internal/store/ports.ts describes it. */
export class LeaseInMemory implements LeaseStore {
  lease: LeaseRecord = { holder: '', token: 0, beat: 0 };

  async readLease(): Promise<LeaseRecord> {
    return { ...this.lease };
  }

  async acquireLease(holder: string, { token, beat, ...seen }: LeaseRecord) {
    const { lease } = this;
    const same = lease.holder === seen.holder && lease.token === token && lease.beat === beat;
    if (!same) return undefined;
    this.lease = { holder, token: token + 1, beat: 0 };
    return { token: token + 1 };
  }

  async renewLease(holder: string, { token }: Fence): Promise<boolean> {
    const held = this.lease.holder === holder && this.lease.token === token;
    if (held) this.lease = { ...this.lease, beat: this.lease.beat + 1 };
    return held;
  }

  async releaseLease(holder: string, { token }: Fence): Promise<void> {
    const held = this.lease.holder === holder && this.lease.token === token;
    if (held) this.lease = { ...this.lease, holder: '' };
  }
}

/** A controller process: it can be paused, cut off from the store, and stopped. */
export class Process {
  paused = false;
  cutOff = false;
  /** Its term, from its own view. */
  term: Term | undefined;
  terms = 0;
  readonly #stop = new AbortController();
  readonly #elector: Elector;
  readonly #ended: Promise<void>;

  constructor(name: string, clock: FakeClock, store: LeaseStore) {
    this.#elector = new Elector({
      store: this.#reach(store),
      holder: name,
      clock: this.#pausable(clock),
      log: pino({ level: 'silent' }),
      leaseMs: LEASE_MS,
      renewMs: RENEW_MS,
      pollMs: POLL_MS,
    });
    this.#ended = this.#elector.run((term) => this.#lead(term), this.#stop.signal);
  }

  /** Would it start work now, were it running? */
  get acts(): boolean {
    return this.term?.mayAct() ?? false;
  }

  get leaseAgeMs(): number | undefined {
    return this.#elector.leaseAgeMs;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  async #lead(term: Term): Promise<void> {
    this.term = term;
    this.terms++;
    await new Promise((resolve) => {
      if (term.signal.aborted) resolve(undefined);
      term.signal.addEventListener('abort', resolve);
    });
  }

  /** While the process is paused its clock goes on, but nothing in it wakes up. */
  #pausable(clock: FakeClock): Clock {
    const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
      await clock.sleep(ms, signal);
      while (this.paused && !signal?.aborted) await clock.sleep(STEP_MS, signal);
    };
    return {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      after: (ms, fn) => clock.after(ms, fn),
      sleep,
    };
  }

  #reach(store: LeaseStore): LeaseStore {
    const check = async (): Promise<void> => {
      if (this.cutOff) throw new Error('Redis does not answer');
    };
    return {
      readLease: () => check().then(() => store.readLease()),
      acquireLease: (holder, seen) => check().then(() => store.acquireLease(holder, seen)),
      renewLease: (holder, fence) => check().then(() => store.renewLease(holder, fence)),
      releaseLease: (holder, fence) => check().then(() => store.releaseLease(holder, fence)),
    };
  }
}
