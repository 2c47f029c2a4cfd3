import { StoreError } from '../../store/errors.ts';
import type { DeliveryResult, Fence, OutboxEntry, OutboxStore } from '../../store/ports.ts';

interface Waiting {
  entry: OutboxEntry;
  dueAt: number;
}

/** The outbox in memory, with the rules of the one in Redis. */
export class MemoryOutbox implements OutboxStore {
  /** Token of the leader: older fences are refused. */
  leader = 1;
  /** While true, every call finds the store away. */
  away = false;
  readonly records: { jobUid: string; result: DeliveryResult }[] = [];
  readonly #waiting = new Map<string, Waiting>();

  /** Enqueues the callback of a job, due at `dueAt` (Unix ms). */
  add(jobUid: string, url: string, dueAt = 0, namespace = 'default'): void {
    this.#waiting.set(jobUid, { entry: { jobUid, url, namespace, attempts: 0 }, dueAt });
  }

  /** Unix ms at which a job's callback falls due; undefined when it is in the outbox no more. */
  dueAt(jobUid: string): number | undefined {
    return this.#waiting.get(jobUid)?.dueAt;
  }

  async dueCallbacks(now: number, limit: number): Promise<OutboxEntry[]> {
    this.#answer();
    const due = [...this.#waiting.values()].filter(({ dueAt }) => dueAt <= now);
    const oldest = due.sort((a, b) => a.dueAt - b.dueAt).slice(0, limit);
    return oldest.map(({ entry }) => ({ ...entry }));
  }

  async nextCallbackAt(): Promise<number | undefined> {
    this.#answer();
    const times = [...this.#waiting.values()].map(({ dueAt }) => dueAt);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  async recordDelivery(fence: Fence, jobUid: string, result: DeliveryResult): Promise<void> {
    this.#answer();
    if (fence.token < this.leader) throw new StoreError('Fenced', 'another controller leads');
    this.records.push({ jobUid, result });
    const waiting = this.#waiting.get(jobUid);
    if (waiting === undefined || result.kind !== 'retry') this.#waiting.delete(jobUid);
    else {
      waiting.entry.attempts += 1;
      waiting.dueAt = result.nextAt;
    }
  }

  #answer(): void {
    if (this.away) throw new StoreError('Unavailable', 'Redis is not available');
  }
}
