import type {
  AttemptRecord,
  JobEnding,
  JobEvent,
  Settlement,
  SwarmIdentity,
  TaskSpec,
} from '../apis/index.ts';
import { decodeMeta, decodeRecord, decodeTask, encodeRecord, encodeResult } from './codec.ts';
import type { StoreConnection } from './connection.ts';
import { StoreError } from './errors.ts';
import { changeEvent, eventText, settlementEvent } from './events.ts';
import { Housekeeping } from './housekeeping.ts';
import { decodeJobState } from './job-state.ts';
import type { JobKeys } from './keys.ts';
import type { ClaimedTask, ControllerStore, Fence, JobState, TaskClaim } from './ports.ts';

type Change = { from: AttemptRecord; to: AttemptRecord };

/** What the controller may do. Every write carries the fence and names the record it replaces. */
export class RedisControllerStore extends Housekeeping implements ControllerStore {
  readonly #connection: StoreConnection;

  constructor(connection: StoreConnection) {
    super(connection);
    this.#connection = connection;
  }

  storeId(): Promise<string> {
    return this.#connection.storeId();
  }

  reportKey(): Promise<Buffer> {
    return this.#connection.reportKey();
  }

  async readCluster(): Promise<SwarmIdentity | undefined> {
    const { meta } = this.#connection.keys;
    const text = await this.#connection.read((redis) => redis.hget(meta, 'cluster'));
    return text === null ? undefined : (JSON.parse(text) as SwarmIdentity);
  }

  async noteCluster(fence: Fence, cluster: SwarmIdentity): Promise<void> {
    const { lease, meta } = this.#connection.keys;
    const args = [fence.token, JSON.stringify(cluster)];
    await this.#connection.transition('note_cluster', [lease, meta], args);
  }

  activeJobs(): Promise<string[]> {
    return this.#connection.read((redis) => redis.smembers(this.#connection.keys.activeJobs));
  }

  async loadJob(uid: string, now: number): Promise<JobState | undefined> {
    const { job, live, waiting, reports } = this.#connection.keys.job(uid);
    const read = [job, live, waiting, reports];
    return decodeJobState(uid, await this.#connection.reply('load_job', read, [now]));
  }

  async readTask(uid: string, index: number): Promise<TaskSpec> {
    const key = this.#connection.keys.job(uid).tasks;
    const text = await this.#connection.read((redis) => redis.hget(key, String(index)));
    if (text === null) throw new StoreError('NotFound', `job ${uid} has no task ${index}`);
    return decodeTask(text);
  }

  async claimTasks(
    fence: Fence,
    uid: string,
    { limit, maxConcurrent, ofNamespace, now }: TaskClaim,
  ): Promise<ClaimedTask[]> {
    const { keys } = this.#connection;
    const most = ofNamespace?.most ?? Number.POSITIVE_INFINITY;
    const job = keys.job(uid);
    const values = await this.#connection.transition(
      'claim',
      [
        ...[keys.lease, job.job, job.live, job.waiting, job.progress, keys.slots],
        ...[keys.versions, keys.watch, job.tasks],
        ...[keys.activeJobs, keys.jobsIn(ofNamespace?.namespace ?? ''), ...earlierKeys(job)],
        keys.taken(uid),
      ],
      [
        ...[fence.token, limit, maxConcurrent, now, uid],
        ...[Number.isFinite(most) ? most : '', keys.jobPrefix],
        this.#connection.attemptOutputBytes,
      ],
    );
    const claimed: ClaimedTask[] = [];
    for (let i = 0; i + 2 < values.length; i += 3) {
      const [index, record = '', task] = values.slice(i, i + 3);
      const one = { index: Number(index), record: decodeRecord(record) };
      claimed.push(task ? { ...one, task: decodeTask(task) } : one);
    }
    return claimed;
  }

  advanceAttempt(fence: Fence, uid: string, index: number, change: Change): Promise<void> {
    return this.#advance(fence, uid, index, change, ['']);
  }

  async wakeReturned(fence: Fence, uid: string, now: number): Promise<void> {
    const { keys } = this.#connection;
    const { waiting, progress } = keys.job(uid);
    const names = [keys.lease, waiting, progress];
    await this.#connection.transition('wake_returned', names, [fence.token, now]);
  }

  recordVerdict(
    fence: Fence,
    uid: string,
    index: number,
    change: Change & { knowsReport?: boolean },
  ): Promise<void> {
    return this.#advance(fence, uid, index, change, [change.knowsReport ? '' : 'no-report']);
  }

  storeOutput(
    fence: Fence,
    uid: string,
    index: number,
    change: Change & { stdout: Buffer; stderr: Buffer; knowsReport?: boolean },
  ): Promise<void> {
    const judges = change.from.verdict === undefined && !change.knowsReport;
    const flag = judges ? 'no-report' : '';
    return this.#advance(fence, uid, index, change, [flag, change.stdout, change.stderr]);
  }

  async #advance(
    fence: Fence,
    uid: string,
    index: number,
    { from, to }: Change,
    rest: (string | Buffer)[],
  ): Promise<void> {
    const { keys } = this.#connection;
    const job = keys.job(uid);
    const [flag = '', ...output] = rest;
    const event = eventText(changeEvent(index, { from, to }));
    await this.#connection.transition(
      'advance',
      [keys.lease, job.live, job.reports, job.stdout, job.stderr, job.events],
      [fence.token, index, encodeRecord(from), encodeRecord(to), flag, event, ...output],
    );
  }

  async settleAttempt(
    fence: Fence,
    uid: string,
    index: number,
    { from, settlement }: { from: AttemptRecord; settlement: Settlement },
  ): Promise<void> {
    const { keys } = this.#connection;
    const job = keys.job(uid);
    await this.#connection.transition(
      'settle',
      [
        ...[keys.lease, job.job, job.live, job.results, job.waiting, job.progress, keys.slots],
        ...[job.events, job.unsuccessful, keys.versions, keys.watch, ...earlierKeys(job)],
      ],
      [
        ...[fence.token, index, encodeRecord(from), ...settlementArguments(settlement)],
        eventText(settlementEvent(index, settlement)),
        ...[uid, this.#connection.attemptOutputBytes],
      ],
    );
  }

  async startJob(fence: Fence, uid: string, now: number): Promise<void> {
    await this.#mark(fence, uid, ['started', String(now), '']);
  }

  async pinImage(fence: Fence, uid: string, reference: string): Promise<string> {
    const event = eventText({ type: 'ImageResolved', message: reference });
    return this.#mark(fence, uid, ['image', reference, event]);
  }

  async noteByTag(fence: Fence, uid: string, why: string): Promise<void> {
    await this.#mark(fence, uid, ['bytag', '1', eventText({ type: 'ImageByTag', message: why })]);
  }

  async endJob(fence: Fence, uid: string, ending: JobEnding): Promise<void> {
    const event = eventText({ type: 'Ending', reason: ending.reason, message: ending.message });
    await this.#mark(fence, uid, ['ending', JSON.stringify(ending), event]);
  }

  /** @returns the value that stands. */
  async #mark(fence: Fence, uid: string, args: string[]): Promise<string> {
    const { keys } = this.#connection;
    const job = keys.job(uid);
    const names = [
      ...[keys.lease, job.job, job.events],
      ...[job.live, job.waiting, keys.versions, keys.watch],
    ];
    const mark = [fence.token, ...args, uid];
    const [stands = ''] = await this.#connection.transition('mark_job', names, mark);
    return stands;
  }

  async addEvent(uid: string, event: JobEvent): Promise<void> {
    const key = this.#connection.keys.job(uid).events;
    await this.#connection.number('note_event', [key], [eventText(event)]);
  }

  async completeJob(fence: Fence, uid: string, now: number): Promise<boolean> {
    const { keys } = this.#connection;
    const job = keys.job(uid);
    const meta = await this.#connection.read((redis) => redis.hget(job.job, 'meta'));
    const { namespace, name, ownerReference } = decodeMeta(uid, meta);
    const owner = ownerReference?.uid ?? '';
    try {
      await this.#connection.transition(
        'complete',
        [
          ...[keys.lease, job.job, keys.activeJobs, job.callback, keys.outbox, job.live],
          ...[job.events, keys.expiry, job.waiting, keys.versions, keys.watch],
          ...[keys.cron(owner).cron, keys.cronsDue, keys.jobNames(namespace), keys.changes],
        ],
        [fence.token, uid, now, owner, name, keys.jobPrefix],
      );
      return true;
    } catch (error) {
      if (error instanceof StoreError && error.code === 'NotDone') return false;
      throw error;
    }
  }

  async isCurrent(uid: string, index: number, attempt: number): Promise<boolean> {
    const { quarantine } = this.#connection.keys;
    const key = this.#connection.keys.job(uid).live;
    const [text, aside] = await this.#connection.read((redis) =>
      Promise.all([redis.hget(key, String(index)), redis.hexists(quarantine, uid)]),
    );
    return aside === 1 || (text !== null && decodeRecord(text).attempt === attempt);
  }
}

/** Where what earlier attempts came to is kept, and taken from. */
function earlierKeys({ attempts, attemptOutput, stdout, stderr }: JobKeys): string[] {
  return [attempts, attemptOutput, stdout, stderr];
}

function settlementArguments(settlement: Settlement): (string | number)[] {
  switch (settlement.kind) {
    case 'final':
      return [
        countedAs(settlement),
        encodeResult(settlement.result),
        0,
        settlement.ends === undefined ? '' : JSON.stringify(settlement.ends),
      ];
    case 'replace':
      return ['replace', encodeRecord(settlement.next), 0, ''];
    case 'retry':
      return ['retry', encodeRecord(settlement.next), settlement.notBefore, ''];
  }
}

function countedAs({ succeeded, result }: Extract<Settlement, { kind: 'final' }>): string {
  if (succeeded) return 'succeeded';
  return result.verdict.outcome === 'Cancelled' ? 'cancelled' : 'failed';
}
