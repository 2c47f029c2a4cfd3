import type { CronJob, TimelineEntry } from '../../apis/index.ts';
import { StoreError } from '../../store/errors.ts';
import type {
  CronJobRecord,
  CronJobStore,
  CronJobWrite,
  LastApplied,
  Page,
} from '../../store/ports.ts';
import type { Admission } from './admission.ts';
import { maskedCronJob } from './masked.ts';
import { mergedPage } from './merged-page.ts';

/** The cron jobs of some namespaces: others are not there. */
export class ScopedCrons implements CronJobStore {
  readonly #crons: CronJobStore;
  readonly #admission: Admission;
  /** Uids of those that were found by a name that is seen. */
  readonly #found = new Set<string>();

  constructor(crons: CronJobStore, admission: Admission) {
    this.#crons = crons;
    this.#admission = admission;
  }

  async findCronJob(namespace: string, name: string): Promise<string | undefined> {
    if (!this.#admission.sees(namespace)) return undefined;
    const uid = await this.#crons.findCronJob(namespace, name);
    if (uid === undefined) return undefined;
    this.#found.add(uid);
    this.#admission.note({ kind: 'CronJob', namespace, name, uid });
    return uid;
  }

  async getCronJob(uid: string): Promise<CronJobRecord | undefined> {
    const record = await this.#crons.getCronJob(uid);
    if (!record || !this.#admission.sees(record.cron.metadata.namespace)) return undefined;
    return this.#admission.masks ? { ...record, cron: maskedCronJob(record.cron) } : record;
  }

  async listCronJobs(page: Page): Promise<{ crons: CronJob[]; next?: string }> {
    const { items: crons, ...rest } = await mergedPage(
      this.#admission.namespaces,
      page,
      async (one) => {
        const { crons: items, ...more } = await this.#crons.listCronJobs(one);
        return { items, ...more };
      },
    );
    return { crons: this.#admission.masks ? crons.map(maskedCronJob) : crons, ...rest };
  }

  async lastAppliedCron(uid: string): Promise<LastApplied | undefined> {
    await this.#require(uid);
    return this.#crons.lastAppliedCron(uid);
  }

  async putCronJob(write: CronJobWrite): Promise<void> {
    this.#admission.requireNamespace(write.meta.namespace);
    // One that has no edits is new, and has the namespace that it is given.
    if (write.edits !== undefined) await this.#require(write.uid);
    await this.#crons.putCronJob(write);
    const { uid, meta } = write;
    this.#admission.note({ kind: 'CronJob', namespace: meta.namespace, name: meta.name, uid });
  }

  async deleteCronJob(uid: string): Promise<void> {
    await this.#require(uid);
    return this.#crons.deleteCronJob(uid);
  }

  async readCronEvents(uid: string, after: string, limit: number): Promise<TimelineEntry[]> {
    await this.#require(uid);
    return this.#crons.readCronEvents(uid, after, limit);
  }

  async #require(uid: string): Promise<void> {
    if (this.#admission.namespaces === '*' || this.#found.has(uid)) return;
    if ((await this.getCronJob(uid)) === undefined) {
      throw new StoreError('NotFound', 'no such cron job');
    }
  }
}
