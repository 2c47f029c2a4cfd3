import type { Job } from '../resources.ts';
import { doneOf, type Progress } from './line.ts';
import { Rate } from './rate.ts';

/** One job as it gets on. */
export class JobProgress {
  readonly #rate = new Rate();
  #job: Job;

  /** @param now ms, of a clock that does not jump; here and below. */
  constructor(job: Job, now: number) {
    this.#job = job;
    this.#rate.record(now, doneOf(job.status.counts));
  }

  get phase(): Job['status']['phase'] {
    return this.#job.status.phase;
  }

  /** @returns whether anything that is shown has changed. */
  update(job: Job, now: number): boolean {
    const before = this.#shown();
    this.#job = job;
    this.#rate.record(now, doneOf(job.status.counts));
    return this.#shown() !== before;
  }

  at(now: number): Progress {
    const { metadata, spec, status } = this.#job;
    return {
      name: metadata.name,
      phase: status.phase,
      suspended: spec.suspend === true,
      counts: status.counts,
      rate: this.#rate.perSecond(now),
      remaining: this.#rate.remaining(now, status.counts.total),
    };
  }

  #shown(): string {
    const { spec, status } = this.#job;
    return JSON.stringify([status.phase, spec.suspend === true, status.counts]);
  }
}
