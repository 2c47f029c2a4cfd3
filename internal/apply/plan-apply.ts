import { isDeepStrictEqual } from 'node:util';
import { isFinished, type Job, type JobSpec, type TaskSpec } from '../apis/index.ts';
import type { LastApplied, StoredMeta } from '../store/ports.ts';
import { changesOf, type FieldChange, merged, mergedMeta, metaChanges } from './three-way.ts';

/** A manifest of a job that passed its schema. */
export interface JobToApply {
  /** With everything filled in that was not given. */
  spec: JobSpec;
  tasks: TaskSpec[];
  /** Members of `spec` as they were given, without its tasks. */
  given: Record<string, unknown>;
  /** True when its tasks are listed, not counted by `completions`. */
  listed: boolean;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** The job as it is, with what was last applied to it. */
export interface LiveJob {
  job: Job;
  applied?: LastApplied;
  /** Its first tasks, at least as many as the manifest lists. */
  tasks: TaskSpec[];
}

/** A field that cannot be changed, and why. */
export interface Refusal {
  path: string;
  message: string;
}

export type ApplyPlan =
  | { kind: 'unchanged' }
  | { kind: 'refused'; refusals: Refusal[] }
  | {
      kind: 'configured';
      changes: FieldChange[];
      spec: JobSpec;
      meta: StoredMeta;
      applied: LastApplied;
      /** Tasks to append. */
      append: TaskSpec[];
    };

/** What may change while the job runs: nothing of it decides how a task is run, only when and where. */
const WHILE_RUNNING: ReadonlySet<string> = new Set([
  ...['parallelism', 'priority', 'suspend', 'callback', 'ttlSecondsAfterFinished'],
  ...['activeDeadlineSeconds', 'timeoutSeconds', 'startDeadlineSeconds', 'placement'],
]);
const WHEN_FINISHED: ReadonlySet<string> = new Set(['ttlSecondsAfterFinished']);
const WAY_OUT =
  'apply with --replace to put a new job in its place, or use "generateName" for a job beside it';

/**
 * Compares a manifest with a job in three ways, as `kubectl apply` does: what the manifest gives is
 * wanted; what was applied before and is given no longer goes back to its default; what somebody else
 * has set, and no manifest ever gave, stays. Pure.
 */
export function planApply(live: LiveJob, manifest: JobToApply): ApplyPlan {
  const spec = mergedSpec(live, manifest);
  const meta = mergedMeta(live.job.metadata, live.applied, manifest);
  const specChanges = changesOf('spec', live.job.spec, spec);
  const append = manifest.listed ? manifest.tasks.slice(live.tasks.length) : [];
  const refusals = [...fixedFields(live.job, specChanges), ...fixedTasks(live, manifest)];
  if (refusals.length > 0) return { kind: 'refused', refusals };
  const changes = [
    ...metaChanges(live.job.metadata, meta),
    ...specChanges,
    ...appended(live, append),
  ];
  const applied = lastApplied(manifest);
  if (changes.length === 0 && isDeepStrictEqual(applied, live.applied))
    return { kind: 'unchanged' };
  return { kind: 'configured', changes, spec, meta, applied, append };
}

/** What is remembered of a manifest, to tell later what was taken away. */
export function lastApplied(manifest: JobToApply): LastApplied {
  const { given, listed, tasks, labels, annotations } = manifest;
  return {
    spec: given,
    tasks: listed ? tasks.length : 0,
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

function mergedSpec({ job, applied }: LiveJob, { spec, given }: JobToApply): JobSpec {
  const { suspend, ...rest } = merged(job.spec, spec, given, applied?.spec ?? {}) as JobSpec;
  // A job that is not suspended says nothing of it.
  return suspend ? { ...rest, suspend } : rest;
}

function fixedFields({ status }: Job, changes: FieldChange[]): Refusal[] {
  const finished = isFinished(status.phase);
  const open = finished ? WHEN_FINISHED : WHILE_RUNNING;
  const why = finished ? 'the job is finished' : 'the tasks of the job run with it';
  return changes
    .filter(({ path }) => !open.has(path.slice('spec.'.length)))
    .map(({ path }) => ({ path, message: `cannot be changed: ${why}; ${WAY_OUT}` }));
}

function fixedTasks({ job, applied, tasks }: LiveJob, manifest: JobToApply): Refusal[] {
  const before = applied?.tasks ?? 0;
  const refuse = (path: string, what: string) => [{ path, message: `${what}; ${WAY_OUT}` }];
  if (!manifest.listed) {
    return before === 0 ? [] : refuse('spec.tasks', 'the tasks of a job cannot be taken away');
  }
  if (manifest.tasks.length < before) {
    const what = `cannot become fewer: the job was given ${before} tasks`;
    return refuse('spec.tasks', what);
  }
  const common = manifest.tasks.slice(0, tasks.length);
  const changed = common.findIndex((task, i) => !isDeepStrictEqual(task, tasks[i]));
  if (changed >= 0) {
    const what = 'cannot be changed: tasks can only be added, behind those that there are';
    return refuse(`spec.tasks[${changed}]`, what);
  }
  const more = manifest.tasks.length > tasks.length;
  if (!more || !isFinished(job.status.phase)) return [];
  return refuse(`spec.tasks[${tasks.length}]`, 'cannot be added: the job is finished');
}

function appended({ tasks }: LiveJob, append: TaskSpec[]): FieldChange[] {
  if (append.length === 0) return [];
  const names = append.map(({ name }) => name);
  return [{ path: `spec.tasks[${tasks.length}]`, to: names.length > 3 ? names.length : names }];
}
