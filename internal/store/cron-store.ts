import type { CronJob, TimelineEntry } from '../apis/index.ts';
import type { Clock } from '../clock/clock.ts';
import { acceptKeys, taskPairs } from './accept-keys.ts';
import { decodeMeta } from './codec.ts';
import type { StoreConnection } from './connection.ts';
import { decodeCron, type Sibling } from './cron-codec.ts';
import type {
  CronControllerStore,
  CronJobRecord,
  CronJobStore,
  CronJobWrite,
  CronWork,
  RemovedCronJob,
  TickDecision,
} from './cron-ports.ts';
import { eventText, timelineEntry } from './events.ts';
import { pairsOf } from './pairs.ts';
import type { Fence, LastApplied, Page } from './ports.ts';
import { quotaOf, quotaText } from './quota-text.ts';
import { STAGED_FROM, stageTasks, unstageTasks } from './staged-tasks.ts';

/** Jobs of a removed cron job that are looked at in one go. */
const FOREGOING = 1000;
/** Removed cron jobs that are seen to at one time. */
const REMOVED_AT_ONE_TIME = 10;

/** Cron jobs in Redis: what users want of them, and what the controller has decided. */
export class RedisCronStore implements CronJobStore, CronControllerStore {
  readonly #connection: StoreConnection;
  readonly #clock: Clock;

  constructor(connection: StoreConnection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  async findCronJob(namespace: string, name: string): Promise<string | undefined> {
    const key = this.#connection.keys.cronNames(namespace);
    return (await this.#connection.read((redis) => redis.hget(key, name))) ?? undefined;
  }

  async getCronJob(uid: string): Promise<CronJobRecord | undefined> {
    const { cron, jobs } = this.#connection.keys.cron(uid);
    const reply = await this.#connection.reply('read_cron', [cron, jobs], []);
    const [fields, uids] = reply as [string[], string[]];
    if (fields.length === 0) return undefined;
    const found: Record<string, string> = Object.fromEntries(pairsOf(fields));
    return decodeCron(uid, found, await this.#siblings(uids));
  }

  loadCronJob(uid: string): Promise<CronJobRecord | undefined> {
    return this.getCronJob(uid);
  }

  async #siblings(uids: string[]): Promise<Sibling[]> {
    const { keys } = this.#connection;
    const found = await this.#connection.read((redis) =>
      Promise.all(uids.map((uid) => redis.hmget(keys.job(uid).job, 'phase', 'meta', 'delete'))),
    );
    return uids.map((uid, i) => {
      const [phase, meta, removing] = found[i] ?? [];
      const { name } = decodeMeta(uid, meta);
      return { uid, name, phase: phase ?? 'Gone', removing: Boolean(removing) };
    });
  }

  async listCronJobs(page: Page): Promise<{ crons: CronJob[]; next?: string }> {
    const { keys } = this.#connection;
    const index = page.namespace === undefined ? keys.allCrons : keys.cronsIn(page.namespace);
    const from = page.after === '' ? '-' : `(${page.after}`;
    const uids = await this.#connection.read((redis) =>
      redis.zrangebylex(index, from, '+', 'LIMIT', 0, page.limit),
    );
    const records = await Promise.all(uids.map((uid) => this.getCronJob(uid)));
    const crons = records.flatMap((record) => (record === undefined ? [] : [record.cron]));
    const last = uids.at(-1);
    return uids.length < page.limit || last === undefined ? { crons } : { crons, next: last };
  }

  async lastAppliedCron(uid: string): Promise<LastApplied | undefined> {
    const { cron } = this.#connection.keys.cron(uid);
    const text = await this.#connection.read((redis) => redis.hget(cron, 'applied'));
    return text === null ? undefined : (JSON.parse(text) as LastApplied);
  }

  async putCronJob(write: CronJobWrite): Promise<void> {
    const { uid, edits, version, spec, meta, applied, fromNow } = write;
    const { keys } = this.#connection;
    await this.#connection.transition(
      'put_cron',
      [
        ...[keys.cron(uid).cron, keys.cronsDue, keys.versions, keys.watch, keys.allCrons],
        ...[keys.cronsIn(meta.namespace), keys.cronNames(meta.namespace), keys.changes],
      ],
      [
        ...[uid, this.#clock.now(), edits ?? '', version ?? '', JSON.stringify(spec)],
        ...[JSON.stringify(meta), meta.name, JSON.stringify(applied), fromNow ? '1' : ''],
      ],
    );
  }

  async deleteCronJob(uid: string): Promise<void> {
    const { keys } = this.#connection;
    const { cron } = keys.cron(uid);
    const { namespace, name } = decodeMeta(
      uid,
      await this.#connection.read((redis) => redis.hget(cron, 'meta')),
    );
    const names = [
      ...[cron, keys.cronsDue, keys.versions, keys.watch, keys.allCrons],
      ...[keys.cronsIn(namespace), keys.cronNames(namespace), keys.cronsRemoved, keys.changes],
    ];
    await this.#connection.transition('delete_cron', names, [uid, name]);
  }

  async readCronEvents(uid: string, after: string, limit: number): Promise<TimelineEntry[]> {
    const { events } = this.#connection.keys.cron(uid);
    const from = after === '' ? '-' : `(${after}`;
    const entries = await this.#connection.read((redis) =>
      redis.xrange(events, from, '+', 'COUNT', limit),
    );
    return entries.map(timelineEntry);
  }

  async cronWork(now: number, limit: number): Promise<CronWork> {
    const { cronsDue, cronsRemoved } = this.#connection.keys;
    const [due, first, removed] = await this.#connection.read((redis) =>
      Promise.all([
        redis.zrangebyscore(cronsDue, '-inf', now, 'LIMIT', 0, limit),
        redis.zrange(cronsDue, 0, 0, 'WITHSCORES'),
        redis.srandmember(cronsRemoved, REMOVED_AT_ONE_TIME),
      ]),
    );
    const nextAt = Number(first[1] ?? Number.POSITIVE_INFINITY);
    return {
      due,
      removed: await Promise.all(removed.map((uid) => this.#removed(uid))),
      ...(Number.isFinite(nextAt) ? { nextAt } : {}),
    };
  }

  async fireCronJob(fence: Fence, seen: CronJobRecord, decision: TickDecision): Promise<void> {
    const { tick, event, otherwise, job } = decision;
    if (job !== undefined) await this.#connection.admit();
    const { keys } = this.#connection;
    const { metadata, status } = seen.cron;
    const cron = keys.cron(metadata.uid);
    const { suspend, ...spec } = job?.spec ?? {};
    const ahead = keys.staged(job?.uid ?? '');
    const isMany = job !== undefined && job.tasks.length >= STAGED_FROM;
    if (isMany) await stageTasks(this.#connection, job.uid, job.tasks);
    const fired = this.#connection.transition(
      'fire_cron',
      [
        ...[keys.lease, cron.cron, keys.cronsDue, cron.events],
        ...acceptKeys(keys, job?.uid ?? '', job?.meta ?? metadata),
        ...[ahead.tasks, ahead.names],
      ],
      [
        ...[fence.token, metadata.uid, seen.edits, status.lastScheduleTime ?? '', tick],
        ...[eventText(event), job?.uid ?? '', this.#clock.now(), JSON.stringify(spec)],
        ...[suspend ? '1' : '0', JSON.stringify(job?.meta ?? {}), job?.meta.name ?? ''],
        ...[keys.jobPrefix, eventText(otherwise)],
        ...[
          quotaText(job && quotaOf(job.meta, job), this.#connection.attemptOutputBytes),
          eventText(decision.over),
        ],
        ...(isMany ? [job.tasks.length] : [0, ...taskPairs(job?.tasks ?? [])]),
      ],
    );
    await fired.finally(() => (isMany ? unstageTasks(this.#connection, job.uid) : undefined));
  }

  async scheduleCronJob(
    fence: Fence,
    { cron, pokes, siblings }: CronJobRecord,
    at: number | undefined,
    replacing?: number,
  ): Promise<void> {
    const { keys } = this.#connection;
    const { uid } = cron.metadata;
    const own = keys.cron(uid);
    await this.#connection.transition(
      'schedule_cron',
      [keys.lease, own.cron, keys.cronsDue, own.jobs],
      [fence.token, uid, pokes, at ?? '', replacing ?? '', ...goneOf(siblings)],
    );
  }

  async #removed(uid: string): Promise<RemovedCronJob> {
    const { jobs } = this.#connection.keys.cron(uid);
    const uids = await this.#connection.read((redis) => redis.zrange(jobs, 0, FOREGOING - 1));
    const siblings = await this.#siblings(uids);
    const open = siblings.filter(({ phase, removing }) => phase !== 'Gone' && !removing);
    return { uid, gone: goneOf(siblings), jobs: open.map((it) => it.uid) };
  }

  async forgetCronJob(fence: Fence, uid: string, gone: readonly string[]): Promise<void> {
    const { keys } = this.#connection;
    const { jobs, events } = keys.cron(uid);
    const names = [keys.lease, keys.cronsRemoved, jobs, events];
    await this.#connection.transition('forget_cron', names, [fence.token, uid, ...gone]);
  }
}

/** Uids of those that were removed. */
function goneOf(siblings: readonly Sibling[]): string[] {
  return siblings.filter(({ phase }) => phase === 'Gone').map(({ uid }) => uid);
}
