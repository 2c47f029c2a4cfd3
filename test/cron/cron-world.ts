import type { Logger } from 'pino';
import { pino } from 'pino';
import { Bell } from '../../internal/clock/bell.ts';
import { type CronJobsOptions, runCronJobs } from '../../internal/controller/cron-jobs.ts';
import type { Happened } from '../../internal/cron/testing/year.ts';
import { Policy } from '../../internal/policy/index.ts';
import type { Fence } from '../../internal/store/index.ts';
import type { TestStore } from '../store/harness.ts';
import type { Course } from './course.ts';
import { RunningJobs } from './running-jobs.ts';

/** Looks without anything for the clock to move to, after which something must be wrong. */
const MAX_LOOKS = 50;

/** The timeline keeps about a thousand entries: it is read on this often, in ms. */
const READ_EVENTS_MS = 24 * 60 * 60 * 1000;

/** The real loop on a real store; between its looks the clock jumps to the next thing that happens. */
export class CronWorld {
  readonly jobs: RunningJobs;
  readonly #store: TestStore;
  readonly #fence: Fence;
  readonly #warnings: string[] = [];
  readonly #courses = new Map<string, Course>();
  readonly #happened = new Map<string, Happened>();
  readonly #lastRead = new Map<string, string>();
  #readAt: number;
  #cancelled: string[] = [];
  #looks = 0;

  constructor(store: TestStore, fence: Fence, from: number) {
    this.#store = store;
    this.#fence = fence;
    store.clock.jumpWall(from - store.clock.now());
    this.#readAt = from;
    this.jobs = new RunningJobs(store, (cron, tick) => this.#started(cron, tick));
  }

  async add(course: Course): Promise<string> {
    const uid = await this.jobs.add(course.name, course.spec);
    this.#courses.set(uid, course);
    this.#happened.set(uid, { started: [], skipped: [], replaced: [], givenUp: 0 });
    return uid;
  }

  /** Runs the loop until `to`. @throws Error when it does not get ahead, or has warned of anything. */
  async run(to: number): Promise<void> {
    const ended = new AbortController();
    const { clock, jobs } = this.#store;
    await runCronJobs({
      policy: new Policy(),
      bell: new Bell(),
      crons: this.jobs.crons,
      jobs: {
        cancelJob: async (uid) => {
          await jobs.cancelJob(uid);
          this.#cancelled.push(uid);
        },
        deleteJob: (uid) => jobs.deleteJob(uid),
      },
      term: {
        ...{ fence: this.#fence, signal: ended.signal, end: () => ended.abort() },
        mayAct: () => true,
      },
      clock: {
        ...{ now: () => clock.now(), monotonic: () => clock.monotonic() },
        after: (ms, fn) => clock.after(ms, fn),
        sleep: async () => {
          if ((await this.#passOn(to)) === 'over') ended.abort();
        },
      },
      log: this.#log(),
    });
    if (this.#warnings.length > 0) throw new Error(this.#warnings.join(''));
    if (clock.now() !== to) throw new Error(`ended at ${new Date(clock.now()).toISOString()}`);
  }

  /** What became of the ticks of a cron job: skips are told by its events. */
  async happened(uid: string): Promise<Happened> {
    await this.#readEvents(uid);
    return this.#of(uid);
  }

  /** Reads on in the timeline of a cron job. */
  async #readEvents(uid: string): Promise<void> {
    const happened = this.#of(uid);
    const after = this.#lastRead.get(uid) ?? '';
    const events = await this.jobs.crons.readCronEvents(uid, after, 10_000);
    for (const { type, reason = '', message = '' } of events) {
      happened.givenUp += Number(/; (\d+) earlier/.exec(message)?.[1] ?? 0);
      if (type !== 'TickSkipped') continue;
      happened.skipped.push({ tick: Date.parse(message.slice('the tick of '.length, 36)), reason });
    }
    this.#lastRead.set(uid, events.at(-1)?.id ?? after);
  }

  #of(uid: string): Happened {
    const happened = this.#happened.get(uid);
    if (happened === undefined) throw new Error(`no cron job ${uid}`);
    return happened;
  }

  #started(cron: string, tick: number): number {
    const { started } = this.#of(cron);
    started.push({ tick, at: this.#store.clock.now() });
    return this.#courses.get(cron)?.duration(started.length - 1) ?? 0;
  }

  async #passOn(to: number): Promise<'over' | 'goes on'> {
    const { clock } = this.#store;
    await this.jobs.observe();
    await this.#endCancelled();
    await this.jobs.expire(this.#fence);
    const due = await this.jobs.nextDue();
    const next = Math.min(due, this.jobs.nextEnd(), to);
    if (next <= clock.now()) return this.#stay(due, to);
    this.#looks = 0;
    clock.jumpWall(next - clock.now());
    await this.jobs.endDue(this.#fence);
    if (next - this.#readAt >= READ_EVENTS_MS) {
      this.#readAt = next;
      for (const uid of this.#courses.keys()) await this.#readEvents(uid);
    }
    return 'goes on';
  }

  #stay(due: number, to: number): 'over' | 'goes on' {
    const now = this.#store.clock.now();
    if (due > now && now === to) return 'over';
    this.#looks += 1;
    if (this.#looks > MAX_LOOKS) throw new Error(`it hangs; ${this.#warnings.join('')}`);
    return 'goes on';
  }

  async #endCancelled(): Promise<void> {
    for (const uid of this.#cancelled) {
      const job = this.jobs.running.get(uid);
      if (job === undefined) throw new Error(`cancelled what does not run: ${uid}`);
      this.#of(job.cron).replaced.push(job.tick);
      await this.jobs.end(this.#fence, uid, 'Cancelled');
    }
    this.#cancelled = [];
  }

  #log(): CronJobsOptions['log'] {
    const log: Logger = pino({ level: 'warn' }, { write: (line) => this.#warnings.push(line) });
    return log;
  }
}
