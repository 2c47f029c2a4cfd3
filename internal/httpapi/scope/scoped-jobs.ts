import { type Job, ownName, type TaskSpec, type TimelineEntry } from '../../apis/index.ts';
import type {
  AppliedChange,
  CallbackView,
  JobApplier,
  JobNames,
  JobReader,
  NamespaceQuota,
  SpecWriter,
  StoredMeta,
  Submission,
  TaskView,
  TimelineReader,
} from '../../store/ports.ts';
import type { RequestTrace } from '../request-trace.ts';
import type { Admission } from './admission.ts';
import { maskedJob, maskedTask, maskedUrl } from './masked.ts';

/** What users may do with jobs by uid. */
export type UserJobs = JobNames & JobReader & TimelineReader & SpecWriter;

/** The jobs of some namespaces: others are not there. */
export class ScopedJobs implements UserJobs, JobApplier {
  readonly #jobs: UserJobs;
  readonly #applier: JobApplier;
  readonly #admission: Admission;
  readonly #trace: RequestTrace;

  constructor(jobs: UserJobs, applier: JobApplier, admission: Admission, trace: RequestTrace) {
    this.#jobs = jobs;
    this.#applier = applier;
    this.#admission = admission;
    this.#trace = trace;
  }

  async nameOf(uid: string): Promise<StoredMeta | undefined> {
    const name = await this.#jobs.nameOf(uid);
    if (name === undefined || !this.#admission.admitJob(uid, name.namespace)) return undefined;
    this.#admission.note({ kind: 'Job', namespace: name.namespace, name: name.name, uid });
    return name;
  }

  async getJob(uid: string): Promise<Job | undefined> {
    const job = await this.#jobs.getJob(uid);
    if (job === undefined) return undefined;
    if (!this.#admission.admitJob(uid, job.metadata.namespace)) return undefined;
    return this.#admission.masks ? maskedJob(job) : job;
  }

  async readTasks(uid: string, from: number, limit: number): Promise<TaskView[]> {
    await this.#admission.requireJob(uid);
    const views = await this.#jobs.readTasks(uid, from, limit);
    if (!this.#admission.masks) return views;
    return views.map((view) => ({ ...view, spec: maskedTask(view.spec) }));
  }

  async readEvents(uid: string, after: string, limit: number): Promise<TimelineEntry[]> {
    await this.#admission.requireJob(uid);
    return this.#jobs.readEvents(uid, after, limit);
  }

  async readCallback(uid: string): Promise<CallbackView | undefined> {
    await this.#admission.requireJob(uid);
    const view = await this.#jobs.readCallback(uid);
    if (view === undefined || !this.#admission.masks) return view;
    return { ...view, url: maskedUrl(view.url) };
  }

  async submitJob(submission: Submission): Promise<string> {
    const { namespace, name } = submission.meta ?? ownName(submission.uid);
    this.#admission.requireNamespace(namespace);
    const uid = await this.#trace.submitJob(this.#jobs, submission);
    // That of an earlier submission may have another name.
    const named = uid === submission.uid ? { name } : {};
    this.#admission.note({ kind: 'Job', namespace, ...named, uid });
    return uid;
  }

  async addTasks(uid: string, tasks: TaskSpec[], quota?: NamespaceQuota): Promise<void> {
    await this.#admission.requireJobToChange(uid);
    return this.#jobs.addTasks(uid, tasks, quota);
  }

  async cancelJob(uid: string): Promise<void> {
    await this.#admission.requireJobToChange(uid);
    return this.#jobs.cancelJob(uid);
  }

  async suspendJob(uid: string, suspend: boolean): Promise<void> {
    await this.#admission.requireJobToChange(uid);
    return this.#jobs.suspendJob(uid, suspend);
  }

  async deleteJob(uid: string): Promise<void> {
    await this.#admission.requireJobToChange(uid);
    return this.#jobs.deleteJob(uid);
  }

  async retryFailed(
    uid: string,
    quota?: NamespaceQuota,
    tasks?: readonly number[],
  ): Promise<number> {
    await this.#admission.requireJobToChange(uid);
    return this.#jobs.retryFailed(uid, quota, tasks);
  }

  async redeliver(uid: string): Promise<void> {
    await this.#admission.requireJobToChange(uid);
    return this.#jobs.redeliver(uid);
  }

  async applyJob(uid: string, change: AppliedChange): Promise<void> {
    await this.#admission.requireJobToChange(uid);
    return this.#applier.applyJob(uid, change);
  }
}
