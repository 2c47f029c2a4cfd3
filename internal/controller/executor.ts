import type { Logger } from 'pino';
import { type AttemptRecord, attemptKey } from '../apis/index.ts';
import type { Clock } from '../clock/clock.ts';
import type { AttemptAction } from '../planner/index.ts';
import { StoreError } from '../store/index.ts';
import { stepsOf } from './attempt-step.ts';
import type { AttemptSteps, StepJob } from './attempt-steps.ts';
import type { Term } from './elector.ts';
import { InFlight } from './in-flight.ts';

interface ExecutorOptions {
  steps: AttemptSteps;
  term: Term;
  clock: Clock;
  log: Logger;
  /** A record cannot be read: its job is to be set aside. */
  onCorrupt: (jobUid: string, error: StoreError) => Promise<void>;
  /** The steps of a task are over, done or failed: plan its job again. */
  onOver: (jobUid: string) => void;
}

/** Delay after the first failure of an attempt's steps, in ms. Doubles with each further one. */
const FIRST_RETRY_MS = 50;
const MAX_RETRY_MS = 10_000;

/**
 * Carries out the attempts' actions: in order for one task, side by side for different tasks. Does
 * not wait for them, so that one slow log does not hold up the rest of its job. A task whose steps
 * failed stays busy until its own back-off is over.
 */
export class Executor {
  readonly #options: ExecutorOptions;
  readonly #inFlight = new InFlight();
  readonly #failures = new Map<string, number>();

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  busy(uid: string): ReadonlySet<number> {
    return this.#inFlight.of(uid);
  }

  settled(): Promise<void> {
    return this.#inFlight.settled();
  }

  /** Starts the actions of one task. There must be none under way for it. */
  start(
    uid: string,
    job: StepJob,
    index: number,
    record: AttemptRecord,
    actions: AttemptAction[],
  ): void {
    this.#inFlight.start(uid, index, async () => {
      await this.#run(uid, job, index, record, actions);
      this.#inFlight.end(uid, index);
      this.#options.onOver(uid);
    });
  }

  async #run(
    uid: string,
    job: StepJob,
    index: number,
    record: AttemptRecord,
    actions: AttemptAction[],
  ): Promise<void> {
    const id = { jobUid: uid, index, attempt: record.attempt };
    const key = attemptKey(id);
    try {
      let current = record;
      for (const step of stepsOf(actions)) {
        current = await this.#options.steps.run(id, job, current, step);
      }
      this.#failures.delete(key);
    } catch (err) {
      await this.#backOff(uid, index, key, err);
    }
  }

  async #backOff(uid: string, index: number, key: string, err: unknown): Promise<void> {
    const { term, log, clock } = this.#options;
    if (err instanceof StoreError && err.code === 'Fenced') {
      term.end();
      return;
    }
    if (err instanceof StoreError && err.code === 'Corrupt') {
      await this.#options.onCorrupt(uid, err);
      return;
    }
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const delay = Math.min(FIRST_RETRY_MS * 2 ** failures, MAX_RETRY_MS);
    log.warn({ err, job: uid, task: index, delay }, 'a step failed and will be tried again');
    await clock.sleep(delay, term.signal);
  }
}
