import type { StoreConnection } from './connection.ts';
import { deliveryEvent, eventText } from './events.ts';
import type { DeliveryResult, Fence, OutboxEntry, OutboxStore } from './ports.ts';

/** Entries that are read in one go. */
const PART = 256;
const CALLBACK_FIELDS = ['url', 'attempts', 'redeliveries', 'namespace'];

/** The callbacks that wait for delivery, ordered by when they are due. */
export class RedisOutboxStore implements OutboxStore {
  readonly #connection: StoreConnection;

  constructor(connection: StoreConnection) {
    this.#connection = connection;
  }

  async dueCallbacks(now: number, limit: number): Promise<OutboxEntry[]> {
    const { keys } = this.#connection;
    const uids = await this.#connection.read((redis) =>
      redis.zrangebyscore(keys.outbox, '-inf', now, 'LIMIT', 0, limit),
    );
    const due: OutboxEntry[] = [];
    // In parts: all that is due in one go would keep everybody else waiting.
    for (let at = 0; at < uids.length; at += PART) {
      due.push(...(await this.#entries(uids.slice(at, at + PART))));
    }
    return due;
  }

  #entries(uids: string[]): Promise<OutboxEntry[]> {
    const { keys } = this.#connection;
    return this.#connection.read(async (redis) => {
      // The generation first: of one that has run again since, the try is not recorded.
      const [generations, entries] = await Promise.all([
        Promise.all(uids.map((uid) => redis.hget(keys.job(uid).job, 'generation'))),
        Promise.all(uids.map((uid) => redis.hmget(keys.job(uid).callback, ...CALLBACK_FIELDS))),
      ]);
      return uids.map((jobUid, i) => {
        const [url, attempts, redeliveries, namespace] = entries[i] ?? [];
        const entry: OutboxEntry = {
          jobUid,
          url: url ?? '',
          attempts: Number(attempts ?? 0),
          redeliveries: Number(redeliveries ?? 0),
          generation: 1 + Number(generations[i] ?? 0),
        };
        if (namespace) entry.namespace = namespace;
        return entry;
      });
    });
  }

  async nextCallbackAt(): Promise<number | undefined> {
    const { outbox } = this.#connection.keys;
    const first = await this.#connection.read((redis) => redis.zrange(outbox, 0, 0, 'WITHSCORES'));
    return first[1] === undefined ? undefined : Number(first[1]);
  }

  async recordDelivery(fence: Fence, jobUid: string, result: DeliveryResult): Promise<void> {
    const { keys } = this.#connection;
    const job = keys.job(jobUid);
    await this.#connection.transition(
      'record_delivery',
      [
        ...[keys.lease, job.callback, keys.outbox, job.deliveries, job.events, job.job],
        keys.deadCallbacks,
      ],
      [
        fence.token,
        jobUid,
        result.kind,
        result.at,
        result.status ?? '',
        'error' in result ? result.error : '',
        'nextAt' in result ? result.nextAt : '',
        result.tookMs,
        result.reply ?? '',
        eventText(deliveryEvent(result)),
        result.generation ?? 1,
        result.redeliveries ?? 0,
      ],
    );
  }
}
