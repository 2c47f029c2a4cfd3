import type { Clock } from '../../clock/clock.ts';
import type { Client } from '../client.ts';
import { CliError, EXIT } from '../errors.ts';
import type { Job } from '../resources.ts';
import { type Goal, standingOf } from './goal.ts';
import { jobChanges } from './job-changes.ts';

export interface WaitOptions {
  namespace: string;
  names: readonly string[];
  goal: Goal;
  /** Ms; for ever without one. */
  timeoutMs?: number | undefined;
  clock: Clock;
  signal: AbortSignal;
  /** Called once for each job, when it is there. */
  onMet: (name: string) => void;
}

/**
 * Resolves when every job has reached the goal.
 * @throws CliError with exit code 3 as soon as one cannot reach it any more, 5 when one is not there,
 * 6 at the timeout.
 */
export async function waitForJobs(client: Client, options: WaitOptions): Promise<void> {
  const { clock, timeoutMs } = options;
  const waiting = new Waiting(options);
  const timer = new AbortController();
  const expire = () => timer.abort(waiting.timedOut());
  const cancel = timeoutMs === undefined ? () => undefined : clock.after(timeoutMs, expire);
  const signal = AbortSignal.any([options.signal, timer.signal]);
  try {
    for await (const change of jobChanges(client, options, signal)) {
      if (change.type === 'set') waiting.look(change.job.metadata.name, change.job);
      else if (change.type === 'gone') waiting.look(change.name, undefined);
      else waiting.lookForMissing();
      if (waiting.isOver) return;
    }
  } finally {
    cancel();
  }
}

/** Those that have not reached the goal, as they were last seen. */
class Waiting {
  readonly #options: WaitOptions;
  readonly #open: Map<string, Job | undefined>;

  constructor(options: WaitOptions) {
    this.#options = options;
    this.#open = new Map(options.names.map((name) => [name, undefined]));
  }

  get isOver(): boolean {
    return this.#open.size === 0;
  }

  look(name: string, job: Job | undefined): void {
    if (!this.#open.has(name)) return;
    const standing = standingOf(this.#options.goal, job);
    if (standing.state === 'gone') throw this.#notFound(name);
    if (standing.state === 'missed')
      throw new CliError(`job/${name} ${standing.why}`, EXIT.jobFailed);
    if (standing.state === 'open') {
      this.#open.set(name, job);
      return;
    }
    this.#open.delete(name);
    this.#options.onMet(name);
  }

  lookForMissing(): void {
    for (const [name, job] of this.#open) if (job === undefined) this.look(name, undefined);
  }

  timedOut(): CliError {
    const shown = [...this.#open].map(([name, job]) => `job/${name} ${stateOf(job)}`);
    const after = `${(this.#options.timeoutMs ?? 0) / 1000} s`;
    return new CliError(`timed out after ${after}`, EXIT.timedOut, shown);
  }

  #notFound(name: string): CliError {
    const was = this.#open.get(name) === undefined ? 'does not exist' : 'was deleted';
    return new CliError(
      `job/${name} ${was} in namespace ${this.#options.namespace}`,
      EXIT.notFound,
    );
  }
}

function stateOf(job: Job | undefined): string {
  if (job === undefined) return 'was not seen yet';
  const { phase, counts } = job.status;
  const done = counts.succeeded + counts.failed + counts.cancelled;
  return `is ${phase}, ${done} of ${counts.total} tasks done`;
}
