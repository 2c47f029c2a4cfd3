import type { Logger } from 'pino';
import type { Answer } from '../apis/answers/index.ts';
import type { Job } from '../apis/index.ts';
import type { Clock } from '../clock/clock.ts';
import { StoreError } from '../store/errors.ts';
import type { JobReader, LogReader, TaskView } from '../store/ports.ts';
import { endedTask, taskBody } from '../wire/index.ts';
import { LogCursor, type LogPiece } from './log-cursor.ts';
import type { SseStream } from './sse.ts';
import { pendingReason, taskState } from './task-state.ts';

export interface FollowOptions {
  jobs: JobReader;
  logs: LogReader;
  clock: Clock;
  log: Logger;
}

/** The task whose log is followed. */
export interface FollowedTask {
  uid: string;
  index: number;
  name: string;
}

/** Between repetitions of a want, in ms. */
const WANT_MS = 5000;
/** Between looks at the task when nothing tells that it was settled, in ms. */
const LOOK_MS = 1000;
/** How long a task is without an attempt before that is told, in ms. */
const PENDING_MS = 1000;

/** A task as one look shows it. */
interface Look {
  job: Job | undefined;
  task: TaskView | undefined;
}

/** Sends the log of one task to one client, until the task is counted or the client goes. */
export class LogFollower {
  readonly #options: FollowOptions;
  readonly #task: FollowedTask;
  readonly #sse: SseStream;
  readonly #cursor = new LogCursor();
  #after = '0';
  #wantedAt = Number.NEGATIVE_INFINITY;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** Since when there is no attempt, by the monotonic clock; undefined while there is one. */
  #pendingSince: number | undefined;
  /** Why, as it was told last. */
  #pendingTold: string | undefined;

  constructor(options: FollowOptions, task: FollowedTask, sse: SseStream) {
    this.#options = options;
    this.#task = task;
    this.#sse = sse;
  }

  /** While the store is away the client waits: nothing is lost by it. */
  async run(): Promise<void> {
    const { clock, log } = this.#options;
    const { signal } = this.#sse;
    for (let over = false; !over && !signal.aborted; ) {
      try {
        over = await this.#turn();
      } catch (err) {
        if (!(err instanceof StoreError) || err.code !== 'Unavailable') throw err;
        log.debug({ err, job: this.#task.uid }, 'the follower of a log waits for the store');
        await clock.sleep(LOOK_MS, signal);
      }
    }
  }

  /**
   * The task is looked at before its log is read: what a look shows of it was relayed before.
   * @returns true once the end was told.
   */
  async #turn(): Promise<boolean> {
    await this.#want();
    const look = this.#isLookDue() ? await this.#look() : undefined;
    const settled = await this.#drain();
    if (look !== undefined && (await this.#tell(look))) return true;
    if (settled) this.#lookedAt = Number.NEGATIVE_INFINITY;
    else await this.#more();
    return false;
  }

  async #want(): Promise<void> {
    const { clock, logs } = this.#options;
    if (clock.monotonic() - this.#wantedAt < WANT_MS) return;
    await logs.wantLog(this.#task.uid, this.#task.index);
    this.#wantedAt = clock.monotonic();
  }

  #isLookDue(): boolean {
    return this.#options.clock.monotonic() - this.#lookedAt >= LOOK_MS;
  }

  async #look(): Promise<Look> {
    const { jobs, clock } = this.#options;
    const { uid, index } = this.#task;
    const job = await jobs.getJob(uid);
    const [task] = await jobs.readTasks(uid, index, 1);
    this.#lookedAt = clock.monotonic();
    return { job, task };
  }

  /** Sends what the relay has. @returns true when an attempt was settled since. */
  async #drain(): Promise<boolean> {
    const { logs } = this.#options;
    const { uid, index } = this.#task;
    let settled = false;
    while (!this.#sse.signal.aborted) {
      const entries = await logs.readLog(uid, index, this.#after);
      for (const { id, chunk } of entries) {
        if (chunk === undefined) settled = true;
        else await this.#sendAll(this.#cursor.take(chunk));
        this.#after = id;
      }
      if (entries.length === 0) break;
    }
    return settled;
  }

  /** @returns true when the task is over, and the end was told. */
  async #tell({ job, task }: Look): Promise<boolean> {
    const finished = job === undefined || job.status.phase !== 'Running';
    if (task?.result === undefined && !finished) {
      if (task?.attempt === undefined) await this.#tellWaiting(job, task);
      else {
        this.#pendingSince = undefined;
        await this.#sendAll(this.#cursor.begin(task.attempt));
      }
      return false;
    }
    const ended = job === undefined || task === undefined ? task : endedTask(task, job.status);
    if (ended !== undefined) await this.#sendAll(this.#cursor.finish(ended));
    const data: Answer<'LogEnd'> = { ...this.#names(), ...ending(ended) };
    await this.#sse.send({ event: 'end', data });
    return true;
  }

  /** What its last attempt has written is told, and why there is no other yet. */
  async #tellWaiting(job: Job, task: TaskView | undefined): Promise<void> {
    if (task?.waiting?.last !== undefined) {
      await this.#sendAll(this.#cursor.finish({ ...task, result: task.waiting.last }));
    }
    await this.#tellPending(pendingReason(job, task));
  }

  /** Most tasks wait for moments only, of which there is nothing to tell. */
  async #tellPending(log_reason: string): Promise<void> {
    const now = this.#options.clock.monotonic();
    this.#pendingSince ??= now;
    if (now - this.#pendingSince < PENDING_MS || log_reason === this.#pendingTold) return;
    this.#pendingTold = log_reason;
    const data: Answer<'LogPending'> = { ...this.#names(), log_reason };
    await this.#sse.send({ event: 'pending', data });
  }

  /** Waits for more of the log, or until it is time to look again. */
  async #more(): Promise<void> {
    const { clock, logs } = this.#options;
    const { uid, index } = this.#task;
    const late = new AbortController();
    const cancel = clock.after(LOOK_MS, () => late.abort());
    const signal = AbortSignal.any([this.#sse.signal, late.signal]);
    await logs.awaitLog(uid, index, this.#after, signal).finally(cancel);
  }

  async #sendAll(pieces: Iterable<LogPiece>): Promise<void> {
    for (const piece of pieces) {
      const { kind, ...rest } = piece;
      const data = 'data' in rest ? { ...rest, data: rest.data.toString('base64') } : rest;
      await this.#sse.send({ event: kind, data: { ...this.#names(), ...data } });
    }
  }

  #names(): { task: string; index: number } {
    return { task: this.#task.name, index: this.#task.index };
  }
}

/** What became of a task that is over; one that was never started is cancelled. */
function ending(task: TaskView | undefined): Omit<Answer<'LogEnd'>, 'task' | 'index'> {
  if (task === undefined) {
    const gone = { phase: 'Cancelled', exitStatus: null, truncated: false } as const;
    return { ...gone, log: 'unavailable', log_reason: 'the job was removed' };
  }
  const { result } = taskBody(task, true);
  return {
    ...taskState(task, true),
    log: result.log,
    ...(result.log_reason === undefined ? {} : { log_reason: result.log_reason }),
    truncated: result.truncated,
  };
}
