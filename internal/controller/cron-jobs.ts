import type { Logger } from 'pino';
import { ulid } from 'ulid';
import type { CronJob, JobEvent } from '../apis/index.ts';
import { msToBeat } from '../clock/beat.ts';
import type { Bell } from '../clock/bell.ts';
import type { Clock } from '../clock/clock.ts';
import { type CronAction, jobName, planCron } from '../cron/index.ts';
import { below, judge, type PolicySource } from '../policy/index.ts';
import type {
  CronControllerStore,
  CronJobRecord,
  RemovedCronJob,
  SpecWriter,
  TickDecision,
} from '../store/index.ts';
import { StoreError, type StoreErrorCode } from '../store/index.ts';
import type { Term } from './elector.ts';

/** What the steps of one cron job work with. */
export interface CronStepOptions {
  crons: CronControllerStore;
  /** Jobs of a cron job are cancelled and removed as its user would do it. */
  jobs: Pick<SpecWriter, 'cancelJob' | 'deleteJob'>;
  /** Judges every tick once more: a cron job may be older than the policy. */
  policy: PolicySource;
  term: Term;
  clock: Clock;
  log: Logger;
}

export interface CronJobsOptions extends CronStepOptions {
  /** Rung when there may be something to do before the next look. */
  bell: Bell;
}

/** Longest time between looks at what is due, in ms: a ring may be lost, and the clock on the wall put right. */
const INTERVAL_MS = 5000;
/** The same while there is something to do, or a look has failed. */
const BUSY_INTERVAL_MS = 1000;
const BATCH = 100;

/** Starts the jobs of cron jobs when their time comes, and removes old ones, until the term ends. */
export async function runCronJobs(options: CronJobsOptions): Promise<void> {
  const { bell, term, clock, log } = options;
  while (!term.signal.aborted) {
    let restMs = msToBeat(clock, BUSY_INTERVAL_MS);
    try {
      restMs = await look(options);
    } catch (err) {
      if (isCode(err, 'Fenced')) term.end();
      else log.warn({ err }, 'cannot look at the cron jobs that are due');
    }
    if (restMs > 0) await bell.wait(clock, restMs, term.signal);
  }
}

/** @returns for how many ms to rest: not at all when there is more to do, and looking again gets ahead. */
async function look(options: CronStepOptions): Promise<number> {
  const { crons, clock } = options;
  const work = await crons.cronWork(clock.now(), BATCH);
  let stepped = 0;
  for (const uid of work.due) if (await stepSafely(options, uid)) stepped += 1;
  await removeOrphans(options, work.removed);
  if (work.due.length === BATCH && stepped > 0) return 0;
  if (work.due.length + work.removed.length > 0) return msToBeat(clock, BUSY_INTERVAL_MS);
  const toNext = (work.nextAt ?? Number.POSITIVE_INFINITY) - clock.now();
  return Math.max(1, Math.min(toNext, msToBeat(clock, INTERVAL_MS)));
}

/**
 * One cron job that cannot be planned must not keep the others waiting.
 * @returns true when it was planned.
 */
async function stepSafely(options: CronStepOptions, uid: string): Promise<boolean> {
  if (!options.term.mayAct()) return false;
  try {
    await stepCronJob(options, uid);
    return true;
  } catch (err) {
    if (isCode(err, 'Fenced')) options.term.end();
    // After a conflict somebody has changed it since it was read: it is still due.
    else if (!isCode(err, 'Conflict')) {
      options.log.warn({ err, cronJob: uid }, 'a cron job could not be planned, and will be again');
    }
    return false;
  }
}

function isCode(error: unknown, ...codes: StoreErrorCode[]): boolean {
  return error instanceof StoreError && codes.includes(error.code);
}

/** Decides about one tick of a cron job, or notes when the next one is due. */
export async function stepCronJob(options: CronStepOptions, uid: string): Promise<void> {
  const { crons, term, clock } = options;
  const record = await crons.loadCronJob(uid);
  if (record === undefined) return;
  const { action, wakeAt } = planCron(viewOf(record), clock.now());
  if (action.type === 'none') {
    await removeOld(options, record);
    await crons.scheduleCronJob(term.fence, record, wakeAt);
    return;
  }
  const denied = action.type === 'start' ? denialOf(options.policy, record.cron) : undefined;
  if (denied !== undefined) {
    await crons.fireCronJob(term.fence, record, deniedTick(action, denied));
    return;
  }
  // First the end of those that are replaced, containers included: the end of each makes the cron job due
  // again, and the tick is decided anew, also after a crash.
  const { active } = record.cron.status;
  if (action.type === 'start' && action.replaces && active.length > 0) {
    for (const { uid: job } of active) await gone(options.jobs.cancelJob(job));
    await crons.scheduleCronJob(term.fence, record, clock.now() + BUSY_INTERVAL_MS, action.tick);
    return;
  }
  const decision = decisionOf(record.cron, action, clock.now());
  const { quotas } = options.policy.rulesOf(record.cron.metadata.namespace);
  const job = decision.job === undefined ? {} : { job: { ...decision.job, quotas } };
  await crons.fireCronJob(term.fence, record, { ...decision, ...job });
}

/** Why the operator does not let the jobs of a cron job run; undefined when nothing stands in the way. */
function denialOf(policy: PolicySource, { metadata, spec }: CronJob): string | undefined {
  const place = below('spec', 'jobTemplate', 'spec');
  const refused = judge(policy, metadata.namespace, spec.jobTemplate, place);
  const [first] = refused?.problems ?? [];
  return first === undefined ? undefined : `${first.path}: ${first.message}`;
}

function deniedTick({ tick }: { tick: number }, why: string): TickDecision {
  const message = `the tick of ${new Date(tick).toISOString()}: ${why}`;
  return { tick, event: { type: 'TickSkipped', reason: 'PolicyDenied', message } };
}

function viewOf({ cron, effectiveFrom, replacing }: CronJobRecord) {
  const { metadata, spec, status } = cron;
  const { lastScheduleTime } = status;
  return {
    ...{ spec, createdAt: metadata.creationTimestamp, active: status.active.length },
    ...(lastScheduleTime === undefined ? {} : { lastScheduleTime }),
    ...(effectiveFrom === undefined ? {} : { effectiveFrom }),
    ...(replacing === undefined ? {} : { replacing }),
  };
}

function decisionOf(
  cron: CronJob,
  action: Exclude<CronAction, { type: 'none' }>,
  now: number,
): TickDecision {
  const { tick, skipped } = action;
  const { metadata, spec } = cron;
  const at = new Date(tick).toISOString();
  const given = skipped === 0 ? '' : `; ${skipped} earlier ones were missed and are given up`;
  if (action.type === 'skip') {
    const event: JobEvent = {
      ...{ type: 'TickSkipped', reason: action.reason, message: `the tick of ${at}${given}` },
    };
    return { tick, event };
  }
  const name = jobName(metadata.name, tick);
  const { labels, annotations, spec: job, tasks } = spec.jobTemplate;
  const meta = {
    ...{ namespace: metadata.namespace, name },
    ...(labels === undefined ? {} : { labels }),
    annotations: { ...annotations, 'swarmer/scheduled-at': at },
    ownerReference: { kind: 'CronJob', name: metadata.name, uid: metadata.uid } as const,
  };
  const event: JobEvent = { type: 'JobStarted', message: `${name}, of ${at}${given}` };
  const taken = `the tick of ${at}: a job named ${name} was there already${given}`;
  const otherwise: JobEvent = { type: 'TickSkipped', reason: 'NameTaken', message: taken };
  const full = `the tick of ${at}: the namespace has no room for it within its quota${given}`;
  const over: JobEvent = { type: 'TickSkipped', reason: 'QuotaExceeded', message: full };
  return { tick, event, otherwise, over, job: { uid: ulid(now), meta, spec: job, tasks } };
}

/** Removes finished jobs beyond those that the history keeps, the oldest first. */
async function removeOld(
  { jobs }: CronStepOptions,
  { cron, siblings }: CronJobRecord,
): Promise<void> {
  const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = cron.spec;
  const finished = siblings.filter(({ phase, removing }) => {
    return !removing && phase !== 'Running' && phase !== 'Gone';
  });
  const complete = finished.filter(({ phase }) => phase === 'Complete');
  const others = finished.filter(({ phase }) => phase !== 'Complete');
  const old = [
    ...complete.slice(0, Math.max(0, complete.length - successfulJobsHistoryLimit)),
    ...others.slice(0, Math.max(0, others.length - failedJobsHistoryLimit)),
  ];
  for (const { uid } of old) await gone(jobs.deleteJob(uid));
}

/** Removes the jobs of cron jobs that were removed. */
async function removeOrphans(
  { crons, jobs, term }: CronStepOptions,
  removed: readonly RemovedCronJob[],
): Promise<void> {
  for (const { uid, jobs: open, gone: over } of removed) {
    if (!term.mayAct()) return;
    for (const job of open) await gone(jobs.deleteJob(job));
    await crons.forgetCronJob(term.fence, uid, over);
  }
}

/** What is no longer there, or over already, needs no end. */
async function gone(act: Promise<void>): Promise<void> {
  await act.catch((error: unknown) => {
    if (!isCode(error, 'NotFound', 'Finished')) throw error;
  });
}
