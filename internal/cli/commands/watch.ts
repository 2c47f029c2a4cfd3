import type { Context } from '../context.ts';
import { CliError, EXIT } from '../errors.ts';
import { type JobChange, jobChanges } from '../follow/job-changes.ts';
import { jobNameOf } from '../follow/job-name.ts';
import { type Display, liveDisplay, plainDisplay } from '../progress/display.ts';
import { JobProgress } from '../progress/job-progress.ts';
import type { Job } from '../resources.ts';

/** Shows the progress of jobs until they have ended. */
export async function run(context: Context, args: readonly string[]): Promise<number> {
  const { clock, stdout } = context.io;
  const namespace = await context.namespace();
  const names = args.length === 0 ? undefined : [...new Set(args.map(jobNameOf))];
  const jobs = new Map<string, JobProgress>();
  const display = stdout.isTTY
    ? liveDisplay(stdout, clock, jobs)
    : plainDisplay((line) => context.printLine(line), clock);
  const watch = new Watch(context, jobs, display, names);
  const client = await context.client();
  try {
    for await (const change of jobChanges(
      client,
      { namespace, ...(names && { names }) },
      context.signal,
    )) {
      if (watch.take(change)) break;
    }
  } finally {
    display.close();
  }
  return watch.exitCode();
}

/** The jobs that are watched: those named, else all that run, and those that begin meanwhile. */
class Watch {
  readonly #context: Context;
  readonly #jobs: Map<string, JobProgress>;
  readonly #display: Display;
  readonly #names: readonly string[] | undefined;
  #synced = false;
  #failed = false;

  constructor(
    context: Context,
    jobs: Map<string, JobProgress>,
    display: Display,
    names: readonly string[] | undefined,
  ) {
    this.#context = context;
    this.#jobs = jobs;
    this.#display = display;
    this.#names = names;
  }

  /** @returns true when there is nothing more to see. */
  take(change: JobChange): boolean {
    if (change.type === 'set') this.#set(change.job);
    else if (change.type === 'gone') this.#gone(change.name);
    else this.#sync();
    return this.#synced && [...this.#jobs.values()].every(({ phase }) => phase !== 'Running');
  }

  exitCode(): number {
    const phases = [...this.#jobs.values()].map(({ phase }) => phase);
    const failed = this.#failed || phases.some((phase) => phase !== 'Complete');
    return failed ? EXIT.jobFailed : EXIT.ok;
  }

  #set(job: Job): void {
    const { name } = job.metadata;
    const now = this.#context.io.clock.monotonic();
    const known = this.#jobs.get(name);
    if (known !== undefined) {
      if (known.update(job, now)) this.#display.changed(known);
      return;
    }
    // Without names, what has ended before is of no interest.
    if (this.#names === undefined && job.status.phase !== 'Running') return;
    const progress = new JobProgress(job, now);
    this.#jobs.set(name, progress);
    this.#display.changed(progress);
  }

  #gone(name: string): void {
    if (this.#jobs.get(name)?.phase === 'Running') this.#failed = true;
    if (this.#jobs.delete(name)) this.#context.say(`job/${name} was deleted`);
  }

  #sync(): void {
    const missing = this.#synced ? undefined : this.#names?.find((name) => !this.#jobs.has(name));
    this.#synced = true;
    if (missing !== undefined) throw new CliError(`job/${missing} does not exist`, EXIT.notFound);
    if (this.#jobs.size === 0) this.#context.say('no job is running');
  }
}
