import type { AttemptId } from '../../internal/apis/index.ts';
import type { Delivery, Receiver } from '../support/receiver.ts';
import type { ChaosTask } from './tasks.ts';

/** A job that was accepted with 201. */
export interface AcceptedJob {
  key: string;
  uid: string;
  tasks: readonly ChaosTask[];
  /** When it was first sent, in ms of this process. */
  sentAt: number;
  /** When its callback was first answered with 2xx. */
  endedAt?: number;
}

/** What was accepted, and what came of it. */
export class Ledger {
  readonly jobs: AcceptedJob[] = [];
  readonly #receiver: Receiver;
  /** Tasks whose process was killed from outside, by uid and index. */
  readonly #hit = new Set<string>();
  readonly #ended = new Map<string, number>();

  constructor(receiver: Receiver) {
    this.#receiver = receiver;
  }

  /** Somebody kills the process of an attempt. */
  hit({ jobUid, index }: AttemptId): void {
    this.#hit.add(`${jobUid}/${index}`);
  }

  wasHit({ uid }: AcceptedJob, index: number): boolean {
    return this.#hit.has(`${uid}/${index}`);
  }

  callbackUrl(key: string): string {
    return this.#receiver.url(`/${key}`);
  }

  accepted(job: AcceptedJob): void {
    this.jobs.push(job);
    this.#close(job);
  }

  /** The callback of a job is answered with 2xx, maybe before its acceptance was. */
  delivered(path: string): void {
    const key = path.slice(1);
    if (!this.#ended.has(key)) this.#ended.set(key, performance.now());
    const job = this.jobs.find((known) => known.key === key);
    if (job !== undefined) this.#close(job);
  }

  unfinished(): AcceptedJob[] {
    return this.jobs.filter(({ endedAt }) => endedAt === undefined);
  }

  /** All deliveries of a job, the refused ones too. */
  deliveries({ key }: AcceptedJob): Delivery[] {
    return this.#receiver.at(`/${key}`);
  }

  #close(job: AcceptedJob): void {
    const at = this.#ended.get(job.key);
    if (at !== undefined && job.endedAt === undefined) job.endedAt = at;
  }
}
