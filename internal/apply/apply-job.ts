import { ulid } from 'ulid';
import type { Job, Quotas, TaskSpec } from '../apis/index.ts';
import { DEFAULT_NAMESPACE } from '../apis/index.ts';
import type { JobRequest } from '../apis/validation/index.ts';
import type { Clock } from '../clock/clock.ts';
import { StoreError } from '../store/errors.ts';
import type {
  JobApplier,
  JobCatalog,
  JobReader,
  SpecWriter,
  StoredMeta,
  Submission,
} from '../store/ports.ts';
import {
  type ApplyPlan,
  type JobToApply,
  type LiveJob,
  lastApplied,
  planApply,
  type Refusal,
} from './plan-apply.ts';
import { retried } from './retried.ts';
import type { FieldChange } from './three-way.ts';

/** What applying needs of the stores. */
export interface ApplyStores {
  jobs: JobReader & SpecWriter;
  applier: JobApplier;
  catalog: JobCatalog;
}

/** A job that is to be as a manifest says. */
export interface ApplyRequest {
  namespace: string;
  name: string;
  manifest: JobToApply;
  /** Nothing is written. */
  dryRun: boolean;
  /** A job that cannot be changed so is removed, and a new one put in its place. */
  replace: boolean;
  /** Resource version that the job must have. */
  version?: number;
  /** Of its namespace. */
  quotas?: Quotas;
}

export interface ApplyResult {
  result: 'created' | 'configured' | 'unchanged' | 'replaced';
  changes: FieldChange[];
  /** The job as it was. */
  before?: Job;
  /** The job as it is now, or as it would be. */
  object: Job;
  /** The tasks that it has, as far as the manifest lists them, and those that it gets. */
  tasks: { before: TaskSpec[]; after: TaskSpec[] };
}

/** What a manifest asks for cannot be had. */
export class ApplyRefused extends Error {
  readonly refusals: readonly Refusal[];

  constructor(refusals: readonly Refusal[]) {
    super(refusals.map(({ path, message }) => `${path} ${message}`).join('\n'));
    this.name = 'ApplyRefused';
    this.refusals = refusals;
  }
}

const PAGE = 1000;

/** @param body the manifest as it was sent: what it gives itself tells it from what is filled in. */
export function jobToApply({ spec, tasks, metadata }: JobRequest, body: unknown): JobToApply {
  const { tasks: listed, ...given } = (body as { spec: Record<string, unknown> }).spec;
  return {
    ...{ spec, tasks, given, listed: listed !== undefined },
    ...(metadata.labels === undefined ? {} : { labels: metadata.labels }),
    ...(metadata.annotations === undefined ? {} : { annotations: metadata.annotations }),
  };
}

/**
 * Makes a job be as a manifest says, or tells what that would change.
 * @throws ApplyRefused; StoreError `VersionMismatch`, `Conflict` when others write all the time.
 */
export function applyJob(
  stores: ApplyStores,
  clock: Clock,
  request: ApplyRequest,
): Promise<ApplyResult> {
  return retried(() => applyOnce(stores, clock, request));
}

async function applyOnce(
  stores: ApplyStores,
  clock: Clock,
  request: ApplyRequest,
): Promise<ApplyResult> {
  const live = await readLive(stores, request);
  if (live === undefined) return create(stores, clock, request);
  checkVersion(request, live.job);
  const plan = planApply(live, request.manifest);
  switch (plan.kind) {
    case 'unchanged':
      return {
        ...{ result: 'unchanged', changes: [], before: live.job, object: live.job },
        tasks: { before: live.tasks, after: live.tasks },
      };
    case 'configured':
      return configure(stores, request, live, plan);
    case 'refused':
      if (!request.replace) throw new ApplyRefused(plan.refusals);
      if (!request.dryRun) await stores.jobs.deleteJob(live.job.metadata.uid);
      return create(stores, clock, request, live);
  }
}

/** The edits are read first: an edit that comes between is noticed when this one is written. */
async function readLive(
  { jobs, catalog }: ApplyStores,
  { namespace, name, manifest }: ApplyRequest,
): Promise<(LiveJob & { edits: number }) | undefined> {
  const uid = await catalog.findJob(namespace, name);
  if (uid === undefined) return undefined;
  const { applied, edits } = await catalog.lastApplied(uid);
  const job = await jobs.getJob(uid);
  if (job === undefined || job.metadata.deletionTimestamp !== undefined) return undefined;
  const tasks = manifest.listed ? await firstTasks(catalog, uid, manifest.tasks.length) : [];
  return { job, tasks, edits, ...(applied === undefined ? {} : { applied }) };
}

/** The job's first tasks, `count` at most. */
async function firstTasks(catalog: JobCatalog, uid: string, count: number): Promise<TaskSpec[]> {
  const tasks: TaskSpec[] = [];
  while (tasks.length < count) {
    const page = await catalog.listTasks(uid, tasks.length, Math.min(PAGE, count - tasks.length));
    if (page.length === 0) break;
    for (const { spec } of page) tasks.push(spec);
  }
  return tasks;
}

function checkVersion({ version }: ApplyRequest, { metadata }: Job): void {
  if (version === undefined || version === metadata.resourceVersion) return;
  throw new StoreError('VersionMismatch', `it is of version ${metadata.resourceVersion}`);
}

async function create(
  { jobs }: ApplyStores,
  clock: Clock,
  request: ApplyRequest,
  replaced?: LiveJob,
): Promise<ApplyResult> {
  if (request.version !== undefined && replaced === undefined) {
    throw new StoreError('VersionMismatch', 'there is no such job');
  }
  const submission = submissionOf(request, clock);
  const uid = request.dryRun ? submission.uid : await jobs.submitJob(submission);
  const object = request.dryRun ? undefined : await jobs.getJob(uid);
  return {
    result: replaced === undefined ? 'created' : 'replaced',
    changes: [],
    ...(replaced === undefined ? {} : { before: replaced.job }),
    tasks: { before: replaced?.tasks ?? [], after: submission.tasks },
    object: object ?? newJob(submission, clock.now()),
  };
}

function submissionOf(request: ApplyRequest, clock: Clock): Submission {
  const { namespace, name, manifest, quotas } = request;
  const { spec, tasks, labels, annotations } = manifest;
  const meta: StoredMeta = {
    ...{ namespace, name },
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
  };
  const job = { uid: ulid(clock.now()), meta, spec, tasks, applied: lastApplied(manifest) };
  return quotas === undefined ? job : { ...job, quotas };
}

/** A job as it is right after its creation. */
export function newJob({ uid, meta, spec, tasks }: Submission, now: number): Job {
  const { length } = tasks;
  const none = { active: 0, succeeded: 0, failed: 0, cancelled: 0 };
  return {
    metadata: {
      ...(meta ?? { namespace: DEFAULT_NAMESPACE, name: uid.toLowerCase() }),
      ...{ uid, creationTimestamp: now, resourceVersion: 0 },
    },
    spec,
    status: {
      phase: 'Running',
      counts: { total: length, pending: length, ...none },
      conditions: [],
    },
  };
}

async function configure(
  { jobs, applier }: ApplyStores,
  request: ApplyRequest,
  { job, edits, tasks }: LiveJob & { edits: number },
  plan: Extract<ApplyPlan, { kind: 'configured' }>,
): Promise<ApplyResult> {
  const { changes, spec, meta, applied, append } = plan;
  const { uid } = job.metadata;
  if (!request.dryRun) {
    const version = request.version === undefined ? {} : { version: request.version };
    const held = changes.some(({ path }) => path === 'spec.suspend');
    const suspend = held ? { suspend: spec.suspend === true } : {};
    const quotas = request.quotas === undefined ? {} : { quotas: request.quotas };
    const write = { edits, ...version, spec, meta, applied, tasks: append, ...suspend, ...quotas };
    await applier.applyJob(uid, write);
  }
  const written = request.dryRun ? undefined : await jobs.getJob(uid);
  const counts = { ...job.status.counts };
  counts.total += append.length;
  counts.pending += append.length;
  const planned = { ...job, metadata: { ...job.metadata, ...meta }, spec };
  const object = written ?? { ...planned, status: { ...job.status, counts } };
  const shown = { before: tasks, after: [...tasks, ...append] };
  return { result: 'configured', changes, before: job, object, tasks: shown };
}
