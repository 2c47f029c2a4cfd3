import { type AttemptId, attemptKey, attemptOfLabels } from '../../internal/apis/index.ts';
import type { ProcessEnd } from '../model/process.ts';
import type { ModelService } from '../model/raw.ts';
import type { ModelSwarm, RunningTask } from '../model/swarm.ts';
import type { Ledger } from './ledger.ts';
import { EPOCH } from './sim-process.ts';
import type { Timeline } from './timeline.ts';
import type { Truth } from './truth.ts';
import type { Violations } from './violation.ts';

const INVARIANT = '10: no two containers of one task at one time, none when the end is told';
/** From the end of the grace until a container that does not go is left behind, in ms. */
const STUCK_AFTER_MS = 60_000;
/** The grace of a service that says nothing of it, in ms. */
const GRACE_MS = 10_000;
/** A removal and what is planned on it are not at one instant: ms that do not count. */
const SLACK_MS = 1000;

interface ContainersOptions {
  swarm: ModelSwarm;
  timeline: Timeline;
  truth: Truth;
  violations: Violations;
  ledger: Pick<Ledger, 'hasStood' | 'leftBehind'>;
  /** Most containers at one time, over all jobs. */
  maxConcurrent: number;
  /** How far the clocks of controllers may be apart, in ms: one notes a removal, another waits for its bound. */
  skewMs: number;
}

/** A process that lives, of a task of ours. */
interface Living extends RunningTask {
  attempt: AttemptId;
}

/** Watches what really runs, whatever the swarm and the controllers make of it. */
export class Containers {
  readonly #options: ContainersOptions;
  /** When its removal took effect, by id of the service, in ms. */
  readonly #removed = new Map<string, number>();
  /**
   * Services that came to be when their attempt was not current any more: a creation that its controller had
   * given up, or that of a paused leader. They are collected as orphans, and may overlap until then.
   */
  readonly #strays = new Set<string>();
  readonly #byHand = new Set<string>();

  constructor(options: ContainersOptions) {
    this.#options = options;
  }

  /** Somebody has removed it past Swarmer. */
  isRemovedByHand(serviceId: string): void {
    this.#byHand.add(serviceId);
    this.isRemoved(serviceId);
  }

  isStray(serviceId: string): void {
    this.#strays.add(serviceId);
  }

  isRemoved(serviceId: string): void {
    const { timeline } = this.#options;
    if (!this.#removed.has(serviceId)) this.#removed.set(serviceId, timeline.now);
  }

  /** A process has begun, or come to its end. */
  onProcess({ id, service }: { id: string; service: ModelService }, end?: ProcessEnd): void {
    const { truth, timeline } = this.#options;
    const attempt = attemptOfLabels(service.Spec.Labels);
    if (attempt === undefined) return;
    if (end !== undefined) {
      truth.ended(attempt, end, timeline.now);
      return;
    }
    truth.began(attempt, timeline.now);
    const starts = this.#living(attempt.jobUid).find((one) => one.id === id);
    if (starts !== undefined) this.#checkStart(starts);
  }

  /** The end of a job is told: nothing of it may live. */
  checkEnd(jobUid: string): void {
    for (const one of this.#living(jobUid)) {
      this.#options.violations.add(INVARIANT, `${attemptKey(one.attempt)} lives at its job's end`);
    }
  }

  #checkStart({ id, attempt }: Living): void {
    const { truth, violations, maxConcurrent, ledger } = this.#options;
    const { jobUid, index } = attempt;
    // Its service was removed by hand before anybody had noted that there is one: it is made once more.
    const isMadeAnew = (one: Living) =>
      one.id !== id &&
      this.#byHand.has(one.service.ID) &&
      attemptKey(one.attempt) === attemptKey(attempt);
    const living = this.#living().filter((one) => !isMadeAnew(one));
    const all = living.filter((one) => one.attempt.jobUid === jobUid);
    const other = all.find((one) => one.id !== id && one.attempt.index === index);
    violations.check(
      other === undefined,
      INVARIANT,
      () => `${attemptKey(attempt)} has begun, ${other?.id} lives`,
    );
    const { called } = truth.planOf(jobUid);
    const before = this.#living().find(
      ({ attempt: { jobUid: uid } }) =>
        uid !== jobUid && called !== undefined && truth.planOf(uid).called === called,
    );
    violations.check(
      before === undefined,
      'no containers of two jobs of one name at one time',
      () => `${attemptKey(attempt)} has begun, ${before?.id} lives`,
    );
    const { parallelism = Number.POSITIVE_INFINITY } = truth.planOf(jobUid).spec;
    violations.check(
      all.length <= parallelism,
      'no more containers than parallelism allows',
      () => `${all.length} of job ${jobUid}`,
    );
    const inAll = living.filter((one) => !ledger.hasStood(one.attempt)).length;
    const words = 'no more containers than slots';
    violations.check(inAll <= maxConcurrent, words, () => `${inAll} live`);
  }

  /** Those of a job, or of all, that count: that somebody could have stopped, and should have. */
  #living(jobUid?: string): Living[] {
    return this.#options.swarm.running.flatMap((one) => {
      const attempt = attemptOfLabels(one.service.Spec.Labels);
      if (attempt === undefined || attempt.jobUid !== (jobUid ?? attempt.jobUid)) return [];
      if (this.#isExcused(one, attempt)) return [];
      return [{ ...one, attempt }];
    });
  }

  #isExcused({ service, nodeId, isReachable }: RunningTask, attempt: AttemptId): boolean {
    const { truth, timeline, ledger, skewMs } = this.#options;
    if (!isReachable || this.#strays.has(service.ID)) return true;
    // A node that was away begins anew what it had, and is told only then that nobody wants it.
    const madeAt = Date.parse(service.CreatedAt) - EPOCH;
    if (truth.wasCut(nodeId, madeAt, timeline.now)) return true;
    const isTold = ledger.leftBehind.has(attemptKey(attempt));
    if (truth.fateOf(attempt).stuck !== 'container' || !isTold) return false;
    const { StopGracePeriod: ns } = service.Spec.TaskTemplate.ContainerSpec;
    const graceMs = ns === undefined ? GRACE_MS : ns / 1e6;
    const since = this.#removed.get(service.ID) ?? Number.POSITIVE_INFINITY;
    return timeline.now >= since + graceMs + STUCK_AFTER_MS - SLACK_MS - skewMs;
  }
}
