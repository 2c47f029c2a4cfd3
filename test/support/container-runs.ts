import { createInterface } from 'node:readline';
import type Docker from 'dockerode';
import { waitFor } from '../lab/wait.ts';

/** A container of an attempt, from the start of its process to its end, by the clock of its engine. */
export interface ContainerRun {
  job: string;
  index: number;
  attempt: number;
  container: string;
  /** Unix time in ms, with fractions. */
  startedAt: number;
  /** Infinite while it runs. */
  endedAt: number;
}

interface ContainerEvent {
  Action: 'start' | 'die';
  Actor: { ID: string; Attributes: Record<string, string> };
  timeNano: number;
}

/** Which containers of Swarmer an engine has run since the watch began, as its events tell. */
export class ContainerRuns {
  readonly all: ContainerRun[] = [];
  readonly #end = new AbortController();

  static async watch(engine: Docker): Promise<ContainerRuns> {
    const runs = new ContainerRuns();
    const stream = await engine.getEvents({
      filters: { type: ['container'], event: ['start', 'die'], label: ['swarmer.job'] },
      abortSignal: runs.#end.signal,
    });
    const rethrow = (error: Error) => {
      if (!runs.#end.signal.aborted) throw error;
    };
    const lines = createInterface({ input: stream.on('error', rethrow) }).on('error', rethrow);
    lines.on('line', (line) => runs.#take(JSON.parse(line) as ContainerEvent));
    return runs;
  }

  #take({ Action, Actor: { ID, Attributes }, timeNano }: ContainerEvent): void {
    const at = timeNano / 1e6;
    if (Action === 'die') {
      const run = this.all.find(({ container }) => container === ID);
      if (run) run.endedAt = at;
      return;
    }
    this.all.push({
      job: Attributes['swarmer.job'] ?? '',
      index: Number(Attributes['swarmer.index']),
      attempt: Number(Attributes['swarmer.attempt']),
      container: ID,
      startedAt: at,
      endedAt: Number.POSITIVE_INFINITY,
    });
  }

  /** Of one job, in the order of their starts. */
  of(job: string): ContainerRun[] {
    return this.all.filter((run) => run.job === job).sort((a, b) => a.startedAt - b.startedAt);
  }

  /** Those that run now. */
  running(): ContainerRun[] {
    return this.all.filter(({ endedAt }) => endedAt === Number.POSITIVE_INFINITY);
  }

  /** Awaits the end of all containers of these jobs that have been started. */
  async ended(jobs: readonly string[], timeoutMs = 60_000): Promise<void> {
    const over = () => this.running().every(({ job }) => !jobs.includes(job));
    await waitFor(over, { what: 'all containers to end', timeoutMs });
  }

  /** Awaits that as many containers of these jobs have been started. */
  async started(jobs: readonly string[], count: number, timeoutMs = 60_000): Promise<void> {
    const enough = () => this.all.filter(({ job }) => jobs.includes(job)).length >= count;
    await waitFor(enough, { what: `${count} containers to be started`, timeoutMs });
  }

  stop(): void {
    this.#end.abort();
  }
}

/** The most of these that ran at one instant. One that is started as another ends does not meet it. */
export function mostAtOnce(runs: readonly ContainerRun[]): number {
  const atStartOf = ({ startedAt }: ContainerRun) =>
    runs.filter((other) => other.startedAt <= startedAt && startedAt < other.endedAt).length;
  return Math.max(0, ...runs.map(atStartOf));
}
