import { type CronAction, type CronJobView, planCron } from '../plan-cron.ts';

export interface Course {
  spec: CronJobView['spec'];
  from: number;
  to: number;
  /** How long the nth job runs, in ms. */
  duration: (nth: number) => number;
}

interface Running {
  tick: number;
  ends: number;
}

/** What a driver did. */
export interface Happened {
  started: { tick: number; at: number }[];
  skipped: { tick: number; reason: string }[];
  /** Ticks whose job was cancelled by a later one. */
  replaced: number[];
  /** Ticks that were given up together with a decided one. */
  givenUp: number;
}

/** Carries out plans from wake to wake: at the time that the last one named, and when a job ends. */
export class Driver {
  readonly happened: Happened = { started: [], skipped: [], replaced: [], givenUp: 0 };
  readonly #course: Course;
  #running: Running[] = [];
  #lastScheduleTime: number | undefined;

  constructor(course: Course) {
    this.#course = course;
  }

  run(): Happened {
    let wakeAt: number | undefined = this.#course.from;
    while (wakeAt !== undefined && wakeAt <= this.#course.to) {
      const now: number = wakeAt;
      this.#running = this.#running.filter((job) => job.ends > now);
      const plan = planCron(this.#view(), now);
      this.#carryOut(plan.action, now);
      wakeAt = Math.min(plan.wakeAt ?? Number.POSITIVE_INFINITY, ...this.#ends());
    }
    return this.happened;
  }

  /** Only of use to a tick that waits, under Forbid, for the active job to end. */
  #ends(): number[] {
    const { startingDeadlineSeconds } = this.#course.spec;
    return startingDeadlineSeconds === undefined ? [] : this.#running.map((job) => job.ends);
  }

  #view(): CronJobView {
    const last = this.#lastScheduleTime;
    return {
      spec: this.#course.spec,
      createdAt: this.#course.from,
      active: this.#running.length,
      ...(last !== undefined && { lastScheduleTime: last }),
    };
  }

  #carryOut(action: CronAction, now: number): void {
    if (action.type === 'none') return;
    this.#lastScheduleTime = action.tick;
    this.happened.givenUp += action.skipped;
    if (action.type === 'skip') {
      this.happened.skipped.push({ tick: action.tick, reason: action.reason });
      return;
    }
    if (action.replaces) this.happened.replaced.push(...this.#cancelAll());
    this.#running.push({
      tick: action.tick,
      ends: now + this.#course.duration(this.happened.started.length),
    });
    this.happened.started.push({ tick: action.tick, at: now });
  }

  #cancelAll(): number[] {
    const ticks = this.#running.map((job) => job.tick);
    this.#running = [];
    return ticks;
  }
}
