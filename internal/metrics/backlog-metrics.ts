import { Gauge, type Registry } from 'prom-client';
import type { Clock } from '../clock/clock.ts';
import type { Backlog, BacklogReader } from '../store/index.ts';

/** A backlog that was read less than this many ms ago is shown again. */
const FRESH_MS = 10_000;
/** Reading it may take this share of the time at most: with very many jobs it is shown for longer. */
const READ_SHARE = 0.01;
/** How long the page waits for the store, in ms. */
const PATIENCE_MS = 1000;

/** Who leads has it read: with several controllers it would be counted several times. */
export interface BacklogSource {
  reader: BacklogReader;
  /** Whether this process is to show it now. */
  shown(): boolean;
}

/**
 * What there is to do, as the store has it. Read when somebody asks for the page, and seldom: it costs
 * a few commands for each unfinished job. While the store does not answer there are no samples.
 */
export class BacklogMetrics {
  readonly #clock: Clock;
  #source: BacklogSource | undefined;
  #last: { until: number; backlog: Promise<Backlog | undefined> } | undefined;

  constructor(registers: Registry[], clock: Clock) {
    this.#clock = clock;
    this.#byLabel(registers, 'swarmer_jobs', 'Jobs, by state', 'state', (it) => it.jobs);
    this.#byLabel(
      registers,
      'swarmer_tasks',
      'Tasks of unfinished jobs, by phase; active ones have a current attempt',
      'phase',
      (it) => it.tasks,
    );
    this.#single(
      registers,
      'swarmer_callbacks_outstanding',
      'Callbacks that are still to be delivered',
      (it) => it.callbacks.outstanding,
    );
    this.#single(
      registers,
      'swarmer_callback_oldest_age_seconds',
      'Since the end of the job whose callback has waited longest; 0 without any',
      (it) => it.callbacks.oldestAgeMs / 1000,
    );
    this.#single(
      registers,
      'swarmer_callbacks_dead',
      'Callbacks that were given up and not asked for again',
      (it) => it.callbacks.dead,
    );
  }

  watch(source: BacklogSource): void {
    this.#source = source;
  }

  #byLabel(
    registers: Registry[],
    name: string,
    help: string,
    label: string,
    read: (backlog: Backlog) => Record<string, number>,
  ): void {
    const backlog = () => this.#read();
    new Gauge({
      ...{ name, help, registers, labelNames: [label] },
      async collect() {
        const now = await backlog();
        this.reset();
        if (now === undefined) return;
        for (const [value, count] of Object.entries(read(now))) this.set({ [label]: value }, count);
      },
    });
  }

  #single(
    registers: Registry[],
    name: string,
    help: string,
    read: (backlog: Backlog) => number,
  ): void {
    const backlog = () => this.#read();
    new Gauge({
      ...{ name, help, registers },
      async collect() {
        const now = await backlog();
        if (now === undefined) this.remove();
        else this.set(read(now));
      },
    });
  }

  async #read(): Promise<Backlog | undefined> {
    if (this.#source === undefined || !this.#source.shown()) return undefined;
    const fresh = this.#last !== undefined && this.#clock.monotonic() < this.#last.until;
    if (this.#last === undefined || !fresh) this.#last = this.#begin(this.#source.reader);
    return this.#patiently(this.#last.backlog);
  }

  #begin(reader: BacklogReader) {
    const begun = this.#clock.monotonic();
    // Why it failed is in the log of those for whom it matters, and in swarmer_redis_errors_total.
    const backlog = reader.backlog().catch(() => undefined);
    const reading = { until: begun + FRESH_MS, backlog };
    void backlog.then((value) => {
      const now = this.#clock.monotonic();
      reading.until = Math.max(reading.until, now + (now - begun) / READ_SHARE);
      if (value === undefined) this.#last = undefined;
    });
    return reading;
  }

  async #patiently(backlog: Promise<Backlog | undefined>): Promise<Backlog | undefined> {
    let cancel = () => {};
    const late = new Promise<undefined>((resolve) => {
      cancel = this.#clock.after(PATIENCE_MS, () => resolve(undefined));
    });
    const first = await Promise.race([backlog, late]);
    cancel();
    return first;
  }
}
