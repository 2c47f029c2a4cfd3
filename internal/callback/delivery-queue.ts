import type { OutboxEntry } from '../store/ports.ts';

/** Hosts remembered as failing. More of them than this means that the network here is broken. */
const MAX_SUSPECTS = 1000;

export interface QueueLimits {
  /** Deliveries under way at one time that are not waiting for their receiver. */
  concurrency: number;
  /** Under way to one host (name and port). */
  perHost: number;
}

/**
 * Those that wait for a receiver cost a connection and at most 256 KiB: so many times `concurrency` of
 * them may be under way in all, and of one namespace.
 */
const IN_ALL = 8;
const PER_NAMESPACE = 2;

/** A delivery under way. */
interface Active {
  host: string;
  namespace: string;
  /** It waits for its receiver, for some time already. */
  slow: boolean;
}

/**
 * Which callback goes next. Never two of one job at a time. The place goes to the namespace that has the
 * fewest under way; its hosts take turns. Who waits for a receiver for long gives its place back, and a
 * namespace has only so many under way: so whatever the receivers of one do, those of another are tried
 * at once. Hosts whose last try failed never hold the last `perHost` places, of all and of a namespace.
 */
export class DeliveryQueue {
  readonly #limits: QueueLimits;
  /** By namespace, then by host. */
  #waiting = new Map<string, Map<string, OutboxEntry[]>>();
  /** By job. */
  readonly #active = new Map<string, Active>();
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
      const hosts = getOrAdd(this.#waiting, entry.namespace ?? '', () => new Map());
      getOrAdd(hosts, hostOf(entry.url), () => []).push(entry);
    }
  }

  /** The next callback to send, from here on under way; undefined when none may start. */
  take(): OutboxEntry | undefined {
    if (this.isFull) return undefined;
    const counts = this.#countByNamespace();
    const limit = PER_NAMESPACE * this.#limits.concurrency;
    const namespaces = [...this.#waiting.keys()]
      .map((namespace) => ({ namespace, count: counts.get(namespace) ?? 0 }))
      .filter(({ count }) => count < limit)
      .sort((a, b) => a.count - b.count);
    for (const { namespace } of namespaces) {
      const entry = this.#takeOf(namespace);
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  #takeOf(namespace: string): OutboxEntry | undefined {
    const hosts = this.#waiting.get(namespace) ?? new Map<string, OutboxEntry[]>();
    for (const [host, entries] of hosts) {
      if (!this.#mayStart(host, namespace)) continue;
      const entry = entries.shift();
      hosts.delete(host);
      if (entries.length > 0) hosts.set(host, entries);
      this.#waiting.delete(namespace);
      if (hosts.size > 0) this.#waiting.set(namespace, hosts);
      if (entry === undefined) continue;
      this.#active.set(entry.jobUid, { host, namespace, slow: false });
      return entry;
    }
    return undefined;
  }

  /** Says that a delivery under way has been waiting for its receiver for long: its place is free. */
  slow(jobUid: string): void {
    const active = this.#active.get(jobUid);
    if (active !== undefined) active.slow = true;
  }

  /**
   * Ends a delivery.
   * @param failed the receiver did not take it; undefined when nothing is known of the receiver.
   * @param notBefore monotonic ms before which the job is not offered again, where it is to be retried.
   */
  done(jobUid: string, failed: boolean | undefined, notBefore?: number): void {
    const host = this.#active.get(jobUid)?.host;
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
    const { concurrency } = this.#limits;
    const quick = [...this.#active.values()].filter(({ slow }) => !slow);
    return quick.length >= concurrency || this.#active.size >= IN_ALL * concurrency;
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

  #mayStart(host: string, namespace: string): boolean {
    const { concurrency, perHost } = this.#limits;
    const active = [...this.#active.values()];
    if (active.filter((one) => one.host === host).length >= perHost) return false;
    if (!this.#suspects.has(host)) return true;
    const suspects = active.filter((one) => this.#suspects.has(one.host));
    const own = suspects.filter((one) => one.namespace === namespace);
    const quick = suspects.filter((one) => !one.slow);
    const leaves = (held: Active[], of: number) => held.length < Math.max(1, of - perHost);
    return (
      leaves(quick, concurrency) &&
      leaves(own, PER_NAMESPACE * concurrency) &&
      leaves(suspects, IN_ALL * concurrency)
    );
  }

  #countByNamespace(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { namespace } of this.#active.values()) {
      counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
    }
    return counts;
  }
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}
