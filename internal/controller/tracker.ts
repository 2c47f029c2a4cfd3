import {
  type AttemptId,
  type AttemptRecord,
  attemptKey,
  type Evidence,
  type ReportSummary,
} from '../apis/index.ts';

/** What this process remembers of a current attempt. All of it can be found out again. */
export interface Tracked {
  id: AttemptId;
  /** `attemptKey` of the id. */
  key: string;
  serviceId?: string;
  /** Number of the first look at the swarm that can tell that the service is not there. */
  visibleFrom: number;
  /** Its service is being created, or was to be. */
  creating?: boolean;
  /** Number of the first look that can tell whether a creation that failed took effect. */
  certainFrom?: number;
  /** A creation of its service was not answered, or may have been under way when an earlier leader died. */
  doubtful?: boolean;
  /** Its service was removed: the first look that can tell that its container is gone, and when. */
  removed?: { from: number; at: number };
  /** Since when swarm has found no node for it, in ms of the monotonic clock. */
  unsuitedSince?: number;
  /** It has, or had, a node. */
  placed?: boolean;
  /** Swarm id of its task, once a look has shown it. */
  taskId?: string;
  /** Somebody has seen it run. */
  hasRun?: boolean;
  /** Since when nothing is heard of its node, in ms of the monotonic clock. */
  unheardSince?: number;
  /** The enforcer of constraints has rejected its task. */
  enforced?: boolean;
  /** Since when its service has been there while no list had a task of it, in ms of the monotonic clock. */
  hiddenSince?: number;
  /** From SIGTERM to SIGKILL, in ms. */
  graceMs?: number;
  /** Since when looks have looked for it, in ms of the monotonic clock. */
  lookedForSince?: number;
  /** What the last look said of it. */
  kind?: Evidence['kind'];
  /** The same with all that is news; a change of it wakes the job. */
  lastSeen?: string;
  /** When its process was started (Unix ms), by the engine's clock: an ended task does not tell. */
  startedAt?: number;
  /** When the report was first seen, in ms of the monotonic clock. */
  reportSeenAt?: number;
  /** Failures to read its log, counted once between two looks that succeeded. */
  logFailures: number;
  /** Number of the last look before the last failure counted. */
  logFailedAt: number;
}

interface Current {
  index: number;
  record: { attempt: number };
}

/** The current attempts that the controller has come across, so that a look knows what to look for. */
export class Tracker {
  readonly #byKey = new Map<string, Tracked>();
  readonly #keysOf = new Map<string, Set<string>>();
  readonly #settledFrom = new Map<string, number>();

  get size(): number {
    return this.#byKey.size;
  }

  values(): Iterable<Tracked> {
    return this.#byKey.values();
  }

  has(id: AttemptId): boolean {
    return this.#byKey.has(attemptKey(id));
  }

  *ids(): Iterable<AttemptId> {
    for (const { id } of this.#byKey.values()) yield id;
  }

  /** The entry of an attempt, made on first sight. `nextLook` is the number of the next look. */
  track(id: AttemptId, serviceId: string | undefined, nextLook: number): Tracked {
    const key = attemptKey(id);
    const known = this.#byKey.get(key);
    if (known !== undefined) {
      if (serviceId !== undefined && known.serviceId === undefined) {
        known.serviceId = serviceId;
        known.visibleFrom = nextLook;
      }
      return known;
    }
    const entry: Tracked = { id, key, visibleFrom: nextLook, logFailures: 0, logFailedAt: -1 };
    if (serviceId !== undefined) entry.serviceId = serviceId;
    this.#byKey.set(key, entry);
    const keys = this.#keysOf.get(id.jobUid);
    if (keys === undefined) this.#keysOf.set(id.jobUid, new Set([key]));
    else keys.add(key);
    return entry;
  }

  /**
   * Counts a failure to read an attempt's log, if the swarm could be looked at since the last one: an
   * engine that answers nothing says nothing of this log.
   * @param lookNumber of the last look that succeeded.
   * @returns the failures counted.
   */
  countLogFailure(id: AttemptId, lookNumber: number): number {
    const entry = this.#byKey.get(attemptKey(id));
    if (entry === undefined) return 0;
    if (lookNumber > entry.logFailedAt) {
      entry.logFailures++;
      entry.logFailedAt = lookNumber;
    }
    return entry.logFailures;
  }

  noteCreating(id: AttemptId): void {
    const entry = this.#byKey.get(attemptKey(id));
    if (entry !== undefined) entry.creating = true;
  }

  /**
   * True when an attempt may have a service that is neither recorded nor seen: its creation failed, and
   * may have taken effect all the same.
   * @param look number of the look that is at hand.
   */
  isUncertain(entry: Tracked, look: number, nextLook: number): boolean {
    if (entry.creating) {
      entry.creating = false;
      entry.certainFrom = nextLook;
    }
    return look < (entry.certainFrom ?? 0);
  }

  /**
   * What was seen of an attempt before, maybe by another leader: of its task the engine can be asked though no
   * look shows it.
   */
  noteSeen(id: AttemptId, { verdict, runningAt }: AttemptRecord): void {
    const entry = this.#byKey.get(attemptKey(id));
    if (entry === undefined) return;
    if (verdict?.swarmTaskId !== undefined) entry.taskId ??= verdict.swarmTaskId;
    if (runningAt !== undefined) entry.hasRun = true;
  }

  /** A creation of an attempt's service was not answered: it may take effect at any time. */
  noteUnanswered(id: AttemptId): void {
    const entry = this.#byKey.get(attemptKey(id));
    if (entry !== undefined) entry.doubtful = true;
  }

  /**
   * The removal of an attempt's service has returned.
   * @param at in ms of the monotonic clock.
   */
  noteRemoved(id: AttemptId, nextLook: number, at: number): void {
    const entry = this.#byKey.get(attemptKey(id));
    if (entry !== undefined) entry.removed = { from: nextLook, at };
  }

  /** Notes when an attempt's process was started, in Unix ms. The first word counts. */
  noteStart(id: AttemptId, startedAt: number): void {
    const entry = this.#byKey.get(attemptKey(id));
    if (entry !== undefined) entry.startedAt ??= startedAt;
  }

  /** An attempt is over. `nextLook` is the first look that shows what is left of it. */
  settled(id: AttemptId, nextLook: number): void {
    this.#forget(id.jobUid, attemptKey(id));
    this.#settledFrom.set(id.jobUid, nextLook);
  }

  /**
   * Forgets what a job has beside its current attempts: one that was read before it was settled, and met
   * after, would be looked for ever after.
   * @param current all attempts that the job has, each of which is tracked.
   */
  keepOnly(jobUid: string, current: readonly Current[]): void {
    const keys = this.#keysOf.get(jobUid);
    if (keys === undefined || keys.size === current.length) return;
    const kept = new Set(
      current.map(({ index, record: { attempt } }) => attemptKey({ jobUid, index, attempt })),
    );
    for (const key of keys) if (!kept.has(key)) this.#forget(jobUid, key);
  }

  #forget(jobUid: string, key: string): void {
    this.#byKey.delete(key);
    const keys = this.#keysOf.get(jobUid);
    keys?.delete(key);
    if (keys?.size === 0) this.#keysOf.delete(jobUid);
  }

  /** Number of the first look that shows what is left of all attempts of the job that are over. */
  settledFrom(jobUid: string): number {
    return this.#settledFrom.get(jobUid) ?? 1;
  }

  /** Nothing of the job is looked for any more. */
  forgetJob(jobUid: string): void {
    this.keepOnly(jobUid, []);
    this.#settledFrom.delete(jobUid);
  }

  /** How long an attempt's report has been known, in ms; undefined without a report of its own. */
  reportAge(entry: Tracked, report: ReportSummary | undefined, now: number): number | undefined {
    if (report?.attempt !== entry.id.attempt) return undefined;
    entry.reportSeenAt ??= now;
    return now - entry.reportSeenAt;
  }
}
