import { setMaxListeners } from 'node:events';
import type { Logger } from 'pino';
import { msToBeat } from '../clock/beat.ts';
import type { Bell } from '../clock/bell.ts';
import type { Clock } from '../clock/clock.ts';
import { StoreError, type StoreErrorCode } from '../store/errors.ts';
import type { DeliveryResult, Fence, OutboxEntry, OutboxStore } from '../store/ports.ts';
import type { BackoffPolicy } from './backoff.ts';
import type { Deliver } from './delivery.ts';
import { DeliveryQueue, type QueueLimits } from './delivery-queue.ts';
import { deliveryResult } from './delivery-record.ts';

/** What a dispatcher tells whoever measures it. Calls must be cheap and must not throw. */
export interface CallbackMetrics {
  /** A try was made and recorded. */
  tried(result: DeliveryResult['kind'], seconds: number): void;
}

/** What a dispatcher works with. */
export interface DispatchOptions {
  outbox: OutboxStore;
  deliver: Deliver;
  clock: Clock;
  log: Logger;
  /** In [0, 1), for the spread of retries. */
  random: () => number;
  backoff: BackoffPolicy;
  limits: QueueLimits;
  /** Ms that deliveries under way get to end when the run is told to stop. */
  graceMs: number;
  metrics?: CallbackMetrics;
}

/** Entries asked for in one look while few are due. */
const SHALLOW = 128;
const DEEPER = 8;
const DEEPEST = 65_536;
/** Ms between looks while deliveries are under way, and between deep ones. */
const BUSY_POLL_MS = 1000;
/** Longest wait in ms when idle: entries that another process made due ring no bell here. */
const IDLE_POLL_MS = 5000;
/** Ms that a delivery keeps its place while it waits for its receiver, the name's DNS included. */
const SLOW_MS = 500;
const FIRST_STORE_RETRY_MS = 100;
const MAX_STORE_RETRY_MS = 5000;

/** One term of leadership of the dispatcher. */
export class DispatchRun {
  readonly #options: DispatchOptions;
  readonly #bell: Bell;
  readonly #fence: Fence;
  readonly #queue: DeliveryQueue;
  readonly #tasks = new Set<Promise<void>>();
  /** No delivery starts any more. */
  readonly #stop = new AbortController();
  /** Deliveries under way are cut off. */
  readonly #cut = new AbortController();
  #depth = SHALLOW;
  #storeFailed = false;
  #storeFailures = 0;

  constructor(options: DispatchOptions, bell: Bell, fence: Fence) {
    this.#options = options;
    this.#bell = bell;
    this.#fence = fence;
    this.#queue = new DeliveryQueue(options.limits);
    // Every delivery under way listens, which is no leak that node need warn of.
    setMaxListeners(0, this.#cut.signal);
  }

  /** Delivers until `signal` aborts or the fence is refused; then ends what is under way. */
  async until(signal: AbortSignal): Promise<void> {
    const stop = () => this.#stop.abort();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    while (!this.#stop.signal.aborted) await this.#cycle();
    signal.removeEventListener('abort', stop);
    await this.#drain();
  }

  async #cycle(): Promise<void> {
    try {
      await this.#look();
      await this.#rest();
    } catch (error) {
      this.#noteFailure(error, 'callback outbox cannot be read');
    }
    await this.#pauseAfterFailure();
  }

  /** A deep look costs the store much, so no ring shortens the wait for the next one. */
  async #rest(): Promise<void> {
    if (this.#depth > SHALLOW) return this.#sleep(BUSY_POLL_MS);
    const ms = await this.#untilNextLook();
    await this.#bell.wait(this.#options.clock, ms, this.#stop.signal);
  }

  /** Looks deeper as long as all that is due belongs to hosts that have no place free. */
  async #look(): Promise<void> {
    const { outbox, clock } = this.#options;
    for (;;) {
      this.#queue.beginLook();
      const due = await outbox.dueCallbacks(clock.now(), this.#depth);
      this.#queue.offer(due, clock.monotonic());
      this.#startWaiting();
      if (due.length === 0) this.#storeFailures = 0;
      if (due.length < SHALLOW) this.#depth = SHALLOW;
      const all = due.length < this.#depth || this.#depth >= DEEPEST;
      if (all || this.#queue.isFull || this.#stop.signal.aborted) return;
      this.#depth *= DEEPER;
    }
  }

  async #untilNextLook(): Promise<number> {
    if (!this.#queue.isIdle) return BUSY_POLL_MS;
    const { outbox, clock } = this.#options;
    const next = await outbox.nextCallbackAt();
    const wait = (next ?? Number.POSITIVE_INFINITY) - clock.now();
    // Due, and yet the look left it: the wall clock jumped, and it is held back till its time comes.
    return wait > 0 ? Math.min(wait, msToBeat(clock, IDLE_POLL_MS)) : BUSY_POLL_MS;
  }

  #startWaiting(): void {
    if (this.#stop.signal.aborted) return;
    for (let entry = this.#queue.take(); entry; entry = this.#queue.take()) {
      const task = this.#handle(entry).finally(() => this.#tasks.delete(task));
      this.#tasks.add(task);
    }
  }

  async #handle(entry: OutboxEntry): Promise<void> {
    let failed: boolean | undefined;
    let notBefore: number | undefined;
    let stopWatch = () => {};
    const onSend = () => {
      stopWatch = this.#options.clock.after(SLOW_MS, () => this.#makeRoom(entry));
    };
    try {
      const begun = this.#options.clock.monotonic();
      const outcome = await this.#options.deliver(entry, this.#cut.signal, onSend);
      failed = outcome.kind === 'retry';
      const { backoff: policy, clock, random } = this.#options;
      const tookMs = Math.round(clock.monotonic() - begun);
      const context = { policy, now: clock.now(), tookMs, random: random() };
      const result = deliveryResult(entry, outcome, context);
      notBefore = earliestRetry(result, clock.monotonic());
      await this.#record(entry, result);
      outcome.trace?.ended(result);
      this.#storeFailures = 0;
    } catch (error) {
      this.#noteUnrecorded(entry, error);
    }
    stopWatch();
    this.#queue.done(entry.jobUid, failed, notBefore);
    if (!this.#storeFailed) this.#startWaiting();
    if (this.#queue.isIdle || this.#storeFailed) this.#bell.ring();
  }

  /** A receiver that takes its time keeps nobody else's callback waiting. */
  #makeRoom(entry: OutboxEntry): void {
    this.#queue.slow(entry.jobUid);
    if (!this.#storeFailed) this.#startWaiting();
  }

  /** What the receiver answered is worth several tries to keep: unrecorded it is sent again. */
  async #record(entry: OutboxEntry, result: DeliveryResult): Promise<void> {
    const { outbox, log } = this.#options;
    for (let failures = 1; ; failures += 1) {
      try {
        await outbox.recordDelivery(this.#fence, entry.jobUid, result);
        break;
      } catch (error) {
        if (!hasCode(error, 'Unavailable') || this.#cut.signal.aborted) throw error;
        log.warn({ job: entry.jobUid, err: error }, 'callback result cannot be recorded yet');
        await this.#options.clock.sleep(storeRetryMs(failures), this.#cut.signal);
      }
    }
    this.#options.metrics?.tried(result.kind, result.tookMs / 1000);
    this.#logResult(entry, result);
  }

  #logResult(entry: OutboxEntry, result: DeliveryResult): void {
    const keys = { job: entry.jobUid, attempt: entry.attempts + 1 };
    const { log } = this.#options;
    if (result.kind === 'delivered') log.info(keys, 'callback delivered');
    else if (result.kind === 'dead')
      log.error({ ...keys, reason: result.error }, 'callback given up');
    else log.warn({ ...keys, reason: result.error }, 'callback failed and is tried again');
  }

  #noteUnrecorded(entry: OutboxEntry, error: unknown): void {
    if (this.#cut.signal.aborted) {
      const keys = { job: entry.jobUid, attempt: entry.attempts + 1 };
      this.#options.log.info(keys, 'callback cut off by the stop and sent again later');
      return;
    }
    this.#noteFailure(error, 'callback has no recorded result and is sent again', entry.jobUid);
  }

  #noteFailure(error: unknown, message: string, job?: string): void {
    if (hasCode(error, 'Fenced')) {
      this.#options.log.warn('callback delivery stops: another controller leads');
      this.#stop.abort();
      this.#cut.abort();
      return;
    }
    this.#storeFailed = true;
    this.#options.log.error({ ...(job === undefined ? {} : { job }), err: error }, message);
  }

  async #pauseAfterFailure(): Promise<void> {
    if (!this.#storeFailed) return;
    this.#storeFailures += 1;
    await this.#sleep(storeRetryMs(this.#storeFailures));
    this.#storeFailed = false;
  }

  /** At-least-once: what is cut off here was not recorded, so the next leader sends it again. */
  async #drain(): Promise<void> {
    const ended = new AbortController();
    const all = Promise.all(this.#tasks).then(() => ended.abort());
    if (this.#tasks.size > 0 && !this.#cut.signal.aborted) {
      await this.#options.clock.sleep(this.#options.graceMs, ended.signal);
    }
    this.#cut.abort();
    await all;
  }

  async #sleep(ms: number): Promise<void> {
    if (!this.#stop.signal.aborted) await this.#options.clock.sleep(ms, this.#stop.signal);
  }
}

/** A tenth of the wait is left to the drift between the two clocks. */
function earliestRetry(result: DeliveryResult, monotonic: number): number | undefined {
  return result.kind === 'retry' ? monotonic + 0.9 * (result.nextAt - result.at) : undefined;
}

function storeRetryMs(failures: number): number {
  return Math.min(MAX_STORE_RETRY_MS, FIRST_STORE_RETRY_MS * 2 ** (failures - 1));
}

function hasCode(error: unknown, code: StoreErrorCode): boolean {
  return error instanceof StoreError && error.code === code;
}
