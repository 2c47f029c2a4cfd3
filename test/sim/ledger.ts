import type {
  AttemptId,
  AttemptRecord,
  Report,
  TaskResult,
  Verdict,
} from '../../internal/apis/index.ts';

/** What the accepted writes have made of a task. */
export interface TaskEntry {
  uid: string;
  index: number;
  /** The record of its current attempt. */
  current?: AttemptRecord;
  /** The record that waits to be claimed. */
  waiting?: AttemptRecord;
  /** From when its job was read by whoever asked for the last verdict, and for that which was written, in ms. */
  plannedAt?: number;
  judgedAt?: number;
  /** From when it may be claimed: as the store has it (Unix ms), and at the least (virtual ms). */
  notBefore?: number;
  dueAt?: number;
  /** The current attempt waits for a node without a slot, or did. */
  stood?: boolean;
  /** Attempts so far. */
  attempts: number;
  /** Virtual time at which the current attempt was made, in ms. */
  since: number;
  /** The verdicts of all attempts that were judged. */
  verdicts: Verdict[];
  /** How many of them were there when its budgets began anew. */
  budgetFrom: number;
  result?: TaskResult;
}

export interface JobEntry {
  uid: string;
  total: number;
  tasks: Map<number, TaskEntry>;
  finished: boolean;
  /** True once its callback was delivered or given up. */
  called: boolean;
  /** True when it has a callback at all. */
  callback: boolean;
  /** Somebody asked for its end, or a rule of its own ended it. */
  ending: boolean;
  /** The controller has stored that it ends. */
  ended: boolean;
  /** Tasks that have no result and are not to run, as others were named for a retry. */
  parked: ReadonlySet<number>;
  suspended: boolean;
  /** When the leader last set out to read it, in ms: the time of what it plans then. */
  readAt?: number;
  /** When its deadline began, since when its clock stands, and for how long it has stood before, in ms. */
  startedAt?: number;
  stoodSince?: number;
  stoodMs?: number;
  /** It was told that its services were in a swarm that is no more. */
  toldOfSwarm?: true;
  /** Somebody asked for its removal. */
  deleting: boolean;
  /** 1, and one more each time that its failed tasks were made to run again. */
  generation: number;
  /** By generation that has finished: how many callback bodies of it may go out. */
  callbacks: Map<number, Bodies>;
}

export type Bodies = 'one' | 'at most one' | 'none';

/** All jobs as the accepted writes have made them: what Redis must agree with in the end. */
export class Ledger {
  readonly jobs = new Map<string, JobEntry>();
  /** The services that are there, by id. */
  readonly services = new Map<string, AttemptId>();
  /** Reports that the store has taken, by attempt. */
  readonly reports = new Map<string, Report>();
  /** Attempts of which the store knows that a report of theirs was refused. */
  readonly refusals = new Set<string>();
  /** Attempts of which it was told that their container was left behind. */
  readonly leftBehind = new Set<string>();
  /** It is noted which swarm the engine belongs to. */
  knowsSwarm = false;

  accept(uid: string, total: number, callback: boolean): void {
    if (this.jobs.has(uid)) return;
    const flags = { finished: false, called: false, callback, ending: false };
    const held = { ended: false, suspended: false, deleting: false };
    const made = {
      tasks: new Map(),
      generation: 1,
      callbacks: new Map(),
      parked: new Set<number>(),
    };
    this.jobs.set(uid, { uid, total, ...made, ...flags, ...held });
  }

  job(uid: string): JobEntry {
    const job = this.jobs.get(uid);
    if (job === undefined) throw new Error(`job ${uid} was written to before it was accepted`);
    return job;
  }

  task(uid: string, index: number): TaskEntry {
    const { tasks } = this.job(uid);
    const fresh = { attempts: 0, since: 0, verdicts: [], budgetFrom: 0 };
    const entry = tasks.get(index) ?? { uid, index, ...fresh };
    tasks.set(index, entry);
    return entry;
  }

  /** The record of an attempt while it is current. */
  currentRecord(uid: string, index: number, attempt: number): AttemptRecord | undefined {
    const record = this.jobs.get(uid)?.tasks.get(index)?.current;
    return record?.attempt === attempt ? record : undefined;
  }

  /** Of those, how many wait for a node and hold no slot; and how many do, or did until they had one. */
  get standing(): { now: number; everSince: number } {
    const all = [...this.jobs.values()].flatMap(({ tasks }) => [...tasks.values()]);
    return {
      now: all.filter(({ current }) => isStanding(current)).length,
      everSince: all.filter(({ current, stood }) => current !== undefined && stood).length,
    };
  }

  /** It waited for a node without a slot. Swarm places it when it can, whoever has the slots then. */
  hasStood({ jobUid, index, attempt }: AttemptId): boolean {
    const task = this.jobs.get(jobUid)?.tasks.get(index);
    return task?.attempts === attempt && task.stood === true;
  }

  get active(): number {
    return [...this.jobs.values()].reduce((sum, job) => sum + activeOf(job), 0);
  }
}

/** Somebody suspends a job, or lets it go on. */
export function suspend(job: JobEntry, suspended: boolean, now: number): void {
  if (suspended === job.suspended) return;
  job.suspended = suspended;
  if (suspended) job.stoodSince = now;
  else {
    job.stoodMs = stoodUntil(job, now);
    delete job.stoodSince;
  }
}

/** How much of its deadline a job has used, in ms. */
export function usedMs(job: JobEntry, now: number): number {
  return job.startedAt === undefined ? 0 : now - job.startedAt - stoodUntil(job, now);
}

function stoodUntil({ startedAt, stoodSince, stoodMs = 0 }: JobEntry, now: number): number {
  if (startedAt === undefined || stoodSince === undefined) return stoodMs;
  return stoodMs + now - Math.max(stoodSince, startedAt);
}

function isStanding(record: AttemptRecord | undefined): boolean {
  return record?.unplacedAt !== undefined && record.verdict === undefined;
}

export function activeOf({ tasks }: JobEntry): number {
  return [...tasks.values()].filter(({ current }) => current !== undefined).length;
}

/** A job has finished, with its callback if it is to have one. */
export function finish(job: JobEntry): void {
  job.finished = true;
  job.called = false;
  job.callbacks.set(job.generation, job.callback && !job.deleting ? 'one' : 'none');
}

/** Its removal was asked for: a callback that has not been delivered yet may be left out. */
export function remove(job: JobEntry): void {
  job.deleting = true;
  if (!job.finished) job.ending = true;
  leaveOutCallback(job);
}

/** A finished job runs again: those of its tasks that did not succeed, or those of them that are named. */
export function runAgain(job: JobEntry, named?: readonly number[]): void {
  const isMeant = (index: number) => named?.includes(index) ?? true;
  const all = Array.from({ length: job.total }, (_, index) => index);
  const open = all.filter((index) => job.tasks.get(index)?.result === undefined);
  job.parked = new Set(open.filter((index) => !isMeant(index)));
  for (const task of job.tasks.values()) {
    if (!isMeant(task.index)) continue;
    // What waited is tried at once: its user asks for it.
    delete task.notBefore;
    delete task.dueAt;
    if (task.result?.verdict.outcome === 'Succeeded') continue;
    delete task.result;
    task.budgetFrom = task.verdicts.length;
  }
  leaveOutCallback(job);
  for (const name of ['startedAt', 'stoodSince', 'stoodMs'] as const) delete job[name];
  job.generation += 1;
  Object.assign(job, { finished: false, called: false });
  // A job that is retried is not suspended any more.
  Object.assign(job, { ending: false, ended: false, deleting: false, suspended: false });
}

function leaveOutCallback({ callbacks, generation, called }: JobEntry): void {
  if (!called && callbacks.get(generation) === 'one') callbacks.set(generation, 'at most one');
}

/** How many of a job's tasks have come to what. */
export function countsOf({ tasks }: JobEntry): { succeeded: number; failed: number } {
  const outcomes = [...tasks.values()].map(({ result }) => result?.verdict.outcome);
  const succeeded = outcomes.filter((outcome) => outcome === 'Succeeded').length;
  const others = outcomes.filter((it) => it !== undefined && it !== 'Cancelled').length;
  return { succeeded, failed: others - succeeded };
}
