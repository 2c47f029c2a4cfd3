import { ApiError } from '../api-error.ts';
import type { Context } from '../context.ts';
import { terminalSafe } from '../output/terminal-safe.ts';
import { jobPath } from '../path.ts';
import type { Job } from '../resources.ts';
import { jobChanges } from './job-changes.ts';
import type { OwnClient } from './own-client.ts';

/** Cancels a job as soon as the user presses Ctrl-C, or nobody reads the output any more. */
export class Canceller {
  /** Rejects when the job cannot be cancelled; never resolves. */
  readonly failure: Promise<never>;
  readonly #context: Context;
  readonly #own: OwnClient;
  readonly #job: Job;
  #work: Promise<void> = Promise.resolve();
  #fail: (error: unknown) => void = () => undefined;

  constructor(context: Context, own: OwnClient, job: Job) {
    this.#context = context;
    this.#own = own;
    this.#job = job;
    this.failure = new Promise((_, reject) => {
      this.#fail = reject;
    });
    if (context.signal.aborted) this.#begin();
    else context.signal.addEventListener('abort', this.#begin, { once: true });
  }

  /** Resolves when the job has ended, if it was cancelled. */
  settled(): Promise<void> {
    return this.#work;
  }

  forget(): void {
    this.#context.signal.removeEventListener('abort', this.#begin);
  }

  readonly #begin = (): void => {
    this.#work = this.#cancel();
    this.#work.catch(this.#fail);
  };

  async #cancel(): Promise<void> {
    const { name, namespace } = this.#job.metadata;
    this.#context.say(`cancelling job/${terminalSafe(name)}; Ctrl-C again leaves it alone`);
    await this.#send(jobPath(namespace, name, ['cancel']));
    const jobs = jobChanges(this.#own.client, { namespace, names: [name] }, this.#own.signal);
    let seen = false;
    for await (const change of jobs) {
      if (change.type === 'set' && change.job.status.phase !== 'Running') return;
      if (change.type === 'gone' || (change.type === 'synced' && !seen)) return;
      seen = true;
    }
  }

  async #send(path: string): Promise<void> {
    try {
      await this.#own.client.send('POST', path);
    } catch (error) {
      // It has ended by itself, or somebody has deleted it.
      if (!(error instanceof ApiError && [404, 409].includes(error.status))) throw error;
    }
  }
}
