import type { EarlierAttempts, Job } from '../../apis/index.ts';
import type { JobCatalog, LastApplied, Page, TaskView } from '../../store/ports.ts';
import type { Admission } from './admission.ts';
import { maskedJob, maskedTask } from './masked.ts';
import { mergedPage } from './merged-page.ts';

/** The catalog of the jobs of some namespaces. */
export class ScopedCatalog implements JobCatalog {
  readonly #catalog: JobCatalog;
  readonly #admission: Admission;

  constructor(catalog: JobCatalog, admission: Admission) {
    this.#catalog = catalog;
    this.#admission = admission;
  }

  async findJob(namespace: string, name: string): Promise<string | undefined> {
    if (!this.#admission.sees(namespace)) return undefined;
    const uid = await this.#catalog.findJob(namespace, name);
    if (uid === undefined) return undefined;
    this.#admission.admitJob(uid, namespace);
    this.#admission.note({ kind: 'Job', namespace, name, uid });
    return uid;
  }

  async listJobs(page: Page): Promise<{ jobs: Job[]; next?: string }> {
    const { items: jobs, ...rest } = await mergedPage(
      this.#admission.namespaces,
      page,
      async (one) => {
        const { jobs: items, ...more } = await this.#catalog.listJobs(one);
        return { items, ...more };
      },
    );
    for (const { metadata } of jobs) this.#admission.admitJob(metadata.uid, metadata.namespace);
    return { jobs: this.#admission.masks ? jobs.map(maskedJob) : jobs, ...rest };
  }

  async listTasks(uid: string, from: number, limit: number): Promise<TaskView[]> {
    await this.#admission.requireJob(uid);
    const views = await this.#catalog.listTasks(uid, from, limit);
    if (!this.#admission.masks) return views;
    return views.map((view) => ({ ...view, spec: maskedTask(view.spec) }));
  }

  async earlierAttempts(uid: string, index: number): Promise<EarlierAttempts> {
    await this.#admission.requireJob(uid);
    return this.#catalog.earlierAttempts(uid, index);
  }

  async lastApplied(uid: string): Promise<{ applied?: LastApplied; edits: number }> {
    await this.#admission.requireJob(uid);
    return this.#catalog.lastApplied(uid);
  }
}
