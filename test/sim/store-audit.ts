import {
  type AttemptRecord,
  attemptKey,
  attemptOf,
  DEFAULT_RETRY_BACKOFF,
  type JobEnding,
  type JobEvent,
  type Settlement,
  type TaskResult,
} from '../../internal/apis/index.ts';
import type { ClaimedTask } from '../../internal/store/index.ts';
import { checkVerdict } from './check-verdict.ts';
import type { Containers } from './containers.ts';
import type { Call } from './effects.ts';
import {
  activeOf,
  countsOf,
  finish,
  type JobEntry,
  type Ledger,
  type TaskEntry,
  usedMs,
} from './ledger.ts';
import type { JobPlan } from './scenario.ts';
import { EPOCH } from './sim-process.ts';
import type { Timeline } from './timeline.ts';
import type { Truth } from './truth.ts';
import type { Violations } from './violation.ts';

export interface AuditOptions {
  timeline: Timeline;
  truth: Truth;
  violations: Violations;
  maxConcurrent: number;
  containers: Containers;
  /** No clock is ever set. */
  steady: boolean;
}

const SURVIVE = '11: attempts, last exit status and output of failed attempts survive';

/** Clocks tell whole ms. */
const SLACK_MS = 2;

type Change = { from: AttemptRecord; to: AttemptRecord };

/** Checks what the store accepts of a controller against what it accepted before, and keeps the books. */
export class StoreAudit {
  readonly #options: AuditOptions;
  readonly #ledger: Ledger;

  constructor(options: AuditOptions, ledger: Ledger) {
    this.#options = options;
    this.#ledger = ledger;
  }

  /** A call of the controller's store was accepted. */
  onWrite({ method, args, at }: Call, value: unknown): void {
    const task = () => this.#ledger.task(String(args[1]), Number(args[2]));
    switch (method) {
      case 'claimTasks':
        this.#onClaim(this.#job(args[1]), value as ClaimedTask[]);
        break;
      case 'advanceAttempt':
      case 'recordVerdict':
      case 'storeOutput':
        this.#onAdvance(task(), args[3] as Change);
        // Before an output is written its log is read, and that takes its time.
        if (method === 'recordVerdict') task().judgedAt = task().plannedAt ?? at;
        break;
      case 'settleAttempt':
        this.#onSettle(task(), args[3] as { from: AttemptRecord; settlement: Settlement });
        break;
      case 'startJob':
        this.#job(args[1]).startedAt ??= Number(args[2]) - EPOCH;
        break;
      case 'addEvent':
        this.#onEvent(this.#job(args[0]), args[1] as JobEvent);
        break;
      case 'noteCluster':
        this.#ledger.knowsSwarm = true;
        break;
      case 'endJob':
        this.#onEnd(this.#job(args[1]), args[2] as JobEnding);
        break;
      case 'completeJob':
        if (value === true) this.#onComplete(this.#job(args[1]));
    }
  }

  #onEvent(job: JobEntry, { type, index, attempt }: JobEvent): void {
    if (type === 'SwarmReplaced') job.toldOfSwarm = true;
    if (type !== 'ContainerStuck' || index === undefined || attempt === undefined) return;
    const { truth } = this.#options;
    const id = { jobUid: job.uid, index, attempt };
    this.#ledger.leftBehind.add(attemptKey(id));
    const isReal = truth.fateOf(id).stuck !== undefined || !truth.isQuiet;
    this.#check(isReal, 'only what stays is left behind', () => attemptKey(id));
  }

  #onEnd(job: JobEntry, { reason }: JobEnding): void {
    const { truth, timeline, steady } = this.#options;
    const { spec } = truth.planOf(job.uid);
    const used = usedMs(job, timeline.now);
    const isOver = used + SLACK_MS >= (spec.activeDeadlineSeconds ?? 0) * 1000;
    this.#check(
      reason !== 'DeadlineExceeded' || isOver || !steady,
      'a deadline ends no job before its time, and its clock stands while that is suspended',
      () => `${job.uid} has used ${used} ms`,
    );
    const asked = job.ending || spec.activeDeadlineSeconds !== undefined || ruledOver(job, spec);
    this.#check(asked, 'a job is ended only for a reason', () => job.uid);
    job.ending = true;
    job.ended = true;
  }

  #onClaim(job: JobEntry, claimed: ClaimedTask[]): void {
    const { maxConcurrent, truth, timeline } = this.#options;
    const held = claimed.length > 0 && (job.suspended || job.ended);
    this.#check(!held, 'nothing of a job that ends or is suspended is started', () => job.uid);
    for (const { index, record } of claimed) {
      const task = this.#ledger.task(job.uid, index);
      const free = task.current === undefined && task.result === undefined;
      this.#check(free && !job.finished, '1: at most one current attempt', () => nameOf(task));
      this.#check(
        record.attempt === task.attempts + 1,
        'attempts are numbered one by one',
        () => `${nameOf(task)} went from ${task.attempts} to ${record.attempt}`,
      );
      const isParked = job.parked.has(index);
      this.#check(!isParked, 'what is not named for a retry does not run', () => nameOf(task));
      this.#checkWaited(task);
      this.#start(task, record, timeline.now);
    }
    const { parallelism } = truth.planOf(job.uid).spec;
    const { active, standing } = this.#ledger;
    this.#check(
      active - standing.everSince <= maxConcurrent && standing.now <= maxConcurrent,
      'no more attempts than slots',
      () => `${active} are active, of which ${JSON.stringify(standing)} wait for a node`,
    );
    const wide = parallelism !== undefined && activeOf(job) > parallelism;
    this.#check(!wide, 'parallelism holds', () => `${activeOf(job)} of job ${job.uid}`);
  }

  /** When a task may be tried again, in ms: its wait begins with its end, or with the plan that says of that. */
  #dueAt(
    { uid, index, judgedAt = 0 }: TaskEntry,
    from: AttemptRecord,
    next: AttemptRecord,
  ): number {
    const { truth } = this.#options;
    const id = { jobUid: uid, index, attempt: from.attempt };
    const endedAt = truth.endedAt(id) ?? judgedAt;
    return endedAt > 0 ? endedAt + leastWaitMs(truth.planOf(uid).spec, from, next) : 0;
  }

  #checkWaited(task: TaskEntry): void {
    const { timeline, steady } = this.#options;
    const { waiting, notBefore = 0, dueAt = 0 } = task;
    if (waiting === undefined || !steady) return;
    const waited = timeline.now >= dueAt && EPOCH + timeline.now >= notBefore;
    const why = () => `${nameOf(task)} at ${timeline.now}, due at ${dueAt}, ${notBefore - EPOCH}`;
    this.#check(waited, 'a retry waits as long as it has to', why);
  }

  #start(task: TaskEntry, record: AttemptRecord, now: number): void {
    delete task.waiting;
    task.current = record;
    task.attempts = record.attempt;
    delete task.stood;
    delete task.plannedAt;
    delete task.judgedAt;
    task.since = now;
  }

  #onAdvance(task: TaskEntry, { from, to }: Change): void {
    this.#checkSeen(task, from);
    const { verdict } = to;
    if (from.verdict === undefined && verdict !== undefined) {
      task.verdicts.push(verdict);
      checkVerdict(this.#options, this.#ledger, this.#job(task.uid), task);
    }
    const kept = (name: keyof AttemptRecord) =>
      from[name] === undefined || same(from[name], to[name]);
    this.#check(kept('verdict'), 'the first verdict is final', () => nameOf(task));
    // What was stopped may write more after its log was read.
    const isOpen = verdict?.source === 'controller';
    const once = kept('serviceId') && (isOpen || kept('output'));
    this.#check(once, 'no stage is written twice', () => nameOf(task));
    const ordered = to.output === undefined || verdict !== undefined;
    this.#check(ordered, 'claimed, created, judged, collected, settled', () => nameOf(task));
    if (to.unplacedAt !== undefined) task.stood = true;
    task.current = to;
  }

  #onSettle(
    task: TaskEntry,
    { from, settlement }: { from: AttemptRecord; settlement: Settlement },
  ) {
    this.#checkSeen(task, from);
    const order = 'claimed, created, judged, collected, settled';
    this.#check(from.verdict !== undefined, order, () => `${nameOf(task)} was settled unjudged`);
    this.#checkRemoved(task, from);
    delete task.current;
    if (settlement.kind === 'final') {
      const { result } = settlement;
      if (result.of !== undefined) return this.#onUntried(task, from, result);
      // Only the end of what was stopped is found out after its verdict.
      const { finishedAt = result.verdict.finishedAt, message } = from.verdict ?? {};
      const verdict = { ...from.verdict, ...(finishedAt === undefined ? {} : { finishedAt }) };
      const isStuck = result.verdict.message?.includes('ContainerStuck');
      const ended = isStuck ? { ...result.verdict, message } : result.verdict;
      const told = same(ended, verdict) && same(result.output, from.output);
      this.#check(told, order, () => `the result of ${nameOf(task)} is not what was stored before`);
      this.#check(task.result === undefined, 'a task is counted once', () => nameOf(task));
      task.result = result;
      if (settlement.ends !== undefined) this.#job(task.uid).ending = true;
      return;
    }
    const { next } = settlement;
    this.#checkHandedOn(task, from, next);
    this.#check(next.attempt === from.attempt + 1, 'attempts are numbered one by one', () =>
      nameOf(task),
    );
    const isLost = from.verdict?.outcome === 'Lost';
    this.#checkNoSecondRun(task, from);
    const costs = COSTS_NO_LOSS.has(from.verdict?.reason ?? '') ? 0 : 1;
    const counted = !isLost || next.losses === from.losses + costs;
    this.#check(counted, 'every loss is counted, and nothing else as one', () => nameOf(task));
    const atOnce = settlement.kind === 'replace';
    const first = from.losses === 0 || from.verdict?.reason === 'PlacementOutdated';
    this.#check(!atOnce || first, 'what is lost again waits', () => nameOf(task));
    if (!atOnce) {
      task.waiting = next;
      // What no node took is due when there is one.
      task.notBefore = settlement.next.takenBack ? 0 : settlement.notBefore;
      task.dueAt = this.#dueAt(task, from, next);
    } else this.#start(task, next, this.#options.timeline.now);
  }

  /** With `onNodeLost: fail` what a node may have run does not run again because that is lost. */
  #checkNoSecondRun({ uid, index }: TaskEntry, { attempt, verdict }: AttemptRecord): void {
    const { truth } = this.#options;
    const id = { jobUid: uid, index, attempt };
    if (truth.planOf(uid).spec.onNodeLost !== 'fail' || !BY_NODE.has(verdict?.reason ?? '')) return;
    const again = truth.beganAt(id) !== undefined;
    this.#check(!again, 'who says fail gets no second run', () => attemptKey(id));
  }

  /** The last attempt came to nothing: what the one before came to is the result. */
  #onUntried(task: TaskEntry, { verdict, last }: AttemptRecord, result: TaskResult): void {
    const { outcome, swarmTaskId } = verdict ?? {};
    const nothing = (outcome === 'Cancelled' || outcome === 'Lost') && swarmTaskId === undefined;
    const kept =
      last !== undefined &&
      attemptOf(last) === result.of &&
      last.verdict.exitStatus === result.verdict.exitStatus &&
      same(last.output, result.output);
    this.#check(nothing && kept, SURVIVE, () => nameOf(task));
    task.result = result;
  }

  /** The next attempt's record has what this one came to, unless that was nothing. */
  #checkHandedOn(task: TaskEntry, from: AttemptRecord, { last }: AttemptRecord): void {
    const { reason, exitStatus } = from.verdict ?? {};
    const kept =
      reason === 'PlacementOutdated' || reason === 'Unplaced'
        ? same(last, from.last)
        : last !== undefined &&
          attemptOf(last) === from.attempt &&
          last.verdict.exitStatus === exitStatus;
    this.#check(kept, SURVIVE, () => nameOf(task));
  }

  /** What the store accepts was decided on the record that it holds. */
  #checkSeen(task: TaskEntry, from: AttemptRecord): void {
    this.#check(
      same(task.current, from),
      'writes compare the record they were decided on',
      () => `${nameOf(task)}: seen ${JSON.stringify(from)}, there ${JSON.stringify(task.current)}`,
    );
  }

  #checkRemoved(task: TaskEntry, { serviceId }: AttemptRecord): void {
    const there = serviceId !== undefined && this.#ledger.services.has(serviceId);
    this.#check(!there, '1: no service outlives its attempt being current', () => nameOf(task));
  }

  #onComplete(job: JobEntry): void {
    if (job.finished) return;
    const counted = [...job.tasks.values()].filter(({ result }) => result !== undefined).length;
    const all = counted + job.parked.size;
    const done = all === job.total || (job.ending && activeOf(job) === 0);
    this.#check(done, 'a job is finished when all its tasks are counted', () => job.uid);
    this.#options.containers.checkEnd(job.uid);
    finish(job);
  }

  #job(uid: unknown): JobEntry {
    return this.#ledger.job(String(uid));
  }

  #check(holds: boolean, invariant: string, message: () => string): void {
    this.#options.violations.check(holds, invariant, message);
  }
}

/** Reasons of a loss that is one of a node. */
const BY_NODE: ReadonlySet<string> = new Set([
  ...['NodeLost', 'EngineRestarted', 'TaskStopped', 'SwarmReplaced'],
]);

/** Reasons of a loss that are not counted as one. */
const COSTS_NO_LOSS: ReadonlySet<string> = new Set(['PlacementOutdated', 'Unplaced', 'NodeFault']);

/** The shortest wait for a retry is so much of the mean one. */
const LEAST_SPREAD = 0.75;
/** The waits of what was lost again, or could not be started by its node. */
const LOSS_BACKOFF = { baseMs: 1000, maxMs: 30_000 };

/** How long a task waits at the least for its next attempt, in ms. */
function leastWaitMs(
  { retryBackoff = DEFAULT_RETRY_BACKOFF }: JobPlan['spec'],
  { verdict, failures, losses }: AttemptRecord,
  next: AttemptRecord,
): number {
  const wait = ({ baseMs, maxMs }: typeof LOSS_BACKOFF, tries: number) =>
    LEAST_SPREAD * Math.min(maxMs, baseMs * 2 ** (tries - 1));
  if (next.failures > failures) return wait(retryBackoff, next.failures);
  if (verdict?.reason === 'NodeFault') return wait(LOSS_BACKOFF, next.nodeFaults ?? 1);
  if (verdict?.reason === 'NoReport') return wait(retryBackoff, next.losses);
  return next.losses > losses && verdict?.outcome === 'Lost' ? wait(LOSS_BACKOFF, losses) : 0;
}

/** True when as many tasks have succeeded, or failed, as the job's own rules take for its end. */
function ruledOver(job: JobEntry, { successPolicy, maxFailedTasks }: JobPlan['spec']): boolean {
  const { succeeded, failed } = countsOf(job);
  const enough = successPolicy !== undefined && succeeded >= successPolicy.succeededCount;
  return enough || (maxFailedTasks !== undefined && failed > maxFailedTasks);
}

function nameOf({ uid, index, attempts }: TaskEntry): string {
  return attemptKey({ jobUid: uid, index, attempt: attempts });
}

/** Records are compared as the store compares them: by their text. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
