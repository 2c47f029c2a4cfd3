import { type AttemptId, attemptKey, type Evidence, type ReportSummary } from '../apis/index.ts';

/** What this process remembers of a current attempt. All of it can be found out again. */
export interface Tracked {
  id: AttemptId;
  serviceId?: string;
  /** Number of the first look at the swarm that can tell that the service is not there. */
  visibleFrom: number;
  /** What the last look said; a change of it wakes the job. */
  lastKind?: Evidence['kind'];
  /** When the report was first seen, in ms of the monotonic clock. */
  reportSeenAt?: number;
  /** Looks that succeeded while the attempt's log could not be read. */
  logFailures: number;
  logFailedAt: number;
}

/** The current attempts that the controller has come across, so that a look knows what to look for. */
export class Tracker {
  readonly #byKey = new Map<string, Tracked>();

  get size(): number {
    return this.#byKey.size;
  }

  values(): Iterable<Tracked> {
    return this.#byKey.values();
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
    const entry: Tracked = { id, visibleFrom: nextLook, logFailures: 0, logFailedAt: 0 };
    if (serviceId !== undefined) entry.serviceId = serviceId;
    this.#byKey.set(key, entry);
    return entry;
  }

  forget(id: AttemptId): void {
    this.#byKey.delete(attemptKey(id));
  }

  /** How long an attempt's report has been known, in ms; undefined without a report of its own. */
  reportAge(entry: Tracked, report: ReportSummary | undefined, now: number): number | undefined {
    if (report?.attempt !== entry.id.attempt) return undefined;
    entry.reportSeenAt ??= now;
    return now - entry.reportSeenAt;
  }
}
