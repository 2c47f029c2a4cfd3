import type { OutboxEntry } from '../store/ports.ts';

/** Hosts remembered as failing. More of them than this means that the network here is broken. */
const MAX_SUSPECTS = 1000;

export interface QueueLimits {
  /** Deliveries under way at one time. */
  concurrency: number;
  /** Of these, to one host (name and port). */
  perHost: number;
}

/**
 * Which callback goes next. Never two of one job at a time; the hosts take turns; hosts whose last
 * try failed never hold the last `perHost` places, so that dead receivers, however many, do not keep
 * the living ones waiting.
 */
export class DeliveryQueue {
  readonly #limits: QueueLimits;
  #waiting = new Map<string, OutboxEntry[]>();
  /** Jobs under way, with their hosts. */
  readonly #active = new Map<string, string>();
  readonly #suspects = new Set<string>();
  /** Jobs that were done while a look was under way: what the look says of them is old. */
  #doneSinceLook = new Set<string>();
  /** Monotonic ms before which a job is not tried again, whatever the wall clock jumps to. */
  readonly #notBefore = new Map<string, number>();

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  /** Call before the store is asked for what is due. */
  beginLook(): void {
    this.#doneSinceLook = new Set();
  }

  /**
   * Takes what the store said since `beginLook`, the oldest first, in place of what waited.
   * @param monotonic ms
   */
  offer(due: readonly OutboxEntry[], monotonic: number): void {
    this.#waiting = new Map();
    for (const entry of due) {
      if (this.#isHeldBack(entry, monotonic)) continue;
      const host = hostOf(entry.url);
      const list = this.#waiting.get(host);
      if (list === undefined) this.#waiting.set(host, [entry]);
      else list.push(entry);
    }
  }

  /** The next callback to send, from here on under way; undefined when none may start. */
  take(): OutboxEntry | undefined {
    if (this.isFull) return undefined;
    for (const [host, entries] of this.#waiting) {
      if (!this.#mayStart(host)) continue;
      const entry = entries.shift();
      this.#waiting.delete(host);
      if (entries.length > 0) this.#waiting.set(host, entries);
      if (entry === undefined) continue;
      this.#active.set(entry.jobUid, host);
      return entry;
    }
    return undefined;
  }

  /**
   * Ends a delivery.
   * @param failed the receiver did not take it; undefined when nothing is known of the receiver.
   * @param notBefore monotonic ms before which the job is not offered again, where it is to be retried.
   */
  done(jobUid: string, failed: boolean | undefined, notBefore?: number): void {
    const host = this.#active.get(jobUid);
    if (host === undefined) return;
    this.#active.delete(jobUid);
    this.#doneSinceLook.add(jobUid);
    this.#notBefore.delete(jobUid);
    if (notBefore !== undefined) this.#notBefore.set(jobUid, notBefore);
    if (failed === undefined) return;
    this.#suspects.delete(host);
    if (failed && this.#suspects.size < MAX_SUSPECTS) this.#suspects.add(host);
  }

  get isFull(): boolean {
    return this.#active.size >= this.#limits.concurrency;
  }

  /** True when nothing waits and nothing is under way. */
  get isIdle(): boolean {
    return this.#active.size === 0 && this.#waiting.size === 0;
  }

  /** One whose tries are counted anew is to go at once: somebody has asked for it. */
  #isHeldBack({ jobUid, attempts }: OutboxEntry, monotonic: number): boolean {
    if (this.#active.has(jobUid) || this.#doneSinceLook.has(jobUid)) return true;
    return attempts > 0 && (this.#notBefore.get(jobUid) ?? Number.NEGATIVE_INFINITY) > monotonic;
  }

  #mayStart(host: string): boolean {
    const active = [...this.#active.values()];
    if (active.filter((other) => other === host).length >= this.#limits.perHost) return false;
    if (!this.#suspects.has(host)) return true;
    const places = Math.max(1, this.#limits.concurrency - this.#limits.perHost);
    return active.filter((other) => this.#suspects.has(other)).length < places;
  }
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}
