import type { Logger } from 'pino';
import { type AttemptId, type AttemptRecord, attemptKey, maskOutput } from '../apis/index.ts';
import { msToBeat } from '../clock/beat.ts';
import { Bell } from '../clock/bell.ts';
import type { Clock } from '../clock/clock.ts';
import type { LogRelayStore, LogSnapshot, LogWant } from '../store/index.ts';
import type { Engine } from '../swarm/index.ts';
import { RelayedLog } from './relayed-log.ts';

export interface LogRelayOptions {
  logs: LogRelayStore;
  engine: Pick<Engine, 'followLogs' | 'taskLogs'>;
  /** The current attempts that the controller knows of. */
  attempts: () => Iterable<AttemptId>;
  /** The swarm task whose log is the attempt's, once its process was started. */
  swarmTask: (id: AttemptId) => string | undefined;
  /** What no reader may see of an attempt's token. */
  secretOf: (id: AttemptId) => string;
  clock: Clock;
  log: Logger;
}

/**
 * Between looks at what is wanted, in ms. A want is a state, not an event: a look finds it however long
 * ago it was made, whoever led then. It is one read of one key, and none while no attempt is current.
 */
const POLL_MS = 250;
/** The same while no attempt is current, unless it is told of one. */
const IDLE_POLL_MS = 5000;
/** Most logs that are followed at one time; further ones wait for the end of another. */
const MAX_FOLLOWED = 200;
/** Most answers to who asks for a log as it is that are under way at one time. */
const MAX_ANSWERS = 8;
/** What is read of each stream for such an answer. */
const SNAPSHOT_BYTES = 1024 * 1024;

const NOTHING: ReadonlySet<string> = new Set();

/**
 * Relays the logs that API processes want into Redis, as they have no engine to ask. It decides nothing
 * about any task, and nothing waits for it but the removal of a service whose log somebody follows.
 */
export class LogRelay {
  readonly #options: LogRelayOptions;
  readonly #followed = new Map<string, RelayedLog>();
  readonly #running = new Set<Promise<void>>();
  readonly #answering = new Set<string>();
  readonly #bell = new Bell();
  #rests = false;
  #wanted = NOTHING;
  #isFull = false;

  constructor(options: LogRelayOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    while (!signal.aborted) {
      await this.#turn(signal).catch((err: unknown) => {
        log.warn({ err }, 'cannot look at which logs are wanted');
      });
      this.#rests = this.#isIdle();
      const pollMs = this.#rests ? IDLE_POLL_MS : POLL_MS;
      await this.#bell.wait(clock, msToBeat(clock, pollMs), signal);
    }
    await Promise.all(this.#running);
  }

  /** There is an attempt, where there may have been none. Cheap where there was one. */
  observed(): void {
    if (this.#rests) this.#bell.ring();
  }

  /**
   * The service of an attempt is about to be removed, and its log with it: what was not relayed is
   * relayed now if somebody follows it. Never rejects.
   */
  async removing(id: AttemptId, { verdict }: AttemptRecord): Promise<void> {
    if (!this.#wanted.has(taskKey(id)) || verdict?.swarmTaskId === undefined) return;
    const followed = this.#followed.get(attemptKey(id)) ?? this.#make(id, verdict.swarmTaskId);
    await followed.finish().catch((err: unknown) => {
      const { log } = this.#options;
      log.warn({ err, job: id.jobUid, task: id.index }, 'the end of a log could not be relayed');
    });
  }

  /** An attempt was settled: who follows its log wants to know. */
  settled(id: AttemptId): void {
    this.#forget(attemptKey(id));
    if (!this.#wanted.has(taskKey(id))) return;
    this.#unheeded(this.#options.logs.wakeLogReaders(id.jobUid, id.index), id);
  }

  async #turn(signal: AbortSignal): Promise<void> {
    if (this.#isIdle()) return;
    const wants = await this.#options.logs.wantedLogs();
    if (wants.length === 0 && this.#followed.size === 0) {
      this.#wanted = NOTHING;
      return;
    }
    const attempts = new Map([...this.#options.attempts()].map((id) => [taskKey(id), id]));
    const follows = wants.filter(({ ask }) => ask === undefined);
    this.#wanted = new Set(follows.map(({ uid, index }) => taskKey({ jobUid: uid, index })));
    this.#stopUnwanted(attempts);
    for (const key of this.#wanted) {
      const id = attempts.get(key);
      if (id !== undefined) this.#follow(id, signal);
    }
    for (const want of wants) {
      const id = attempts.get(taskKey({ jobUid: want.uid, index: want.index }));
      if (want.ask !== undefined && id !== undefined) this.#answer(want, want.ask, id);
    }
  }

  #isIdle(): boolean {
    const [first] = this.#options.attempts();
    return first === undefined && this.#followed.size === 0;
  }

  #stopUnwanted(attempts: ReadonlyMap<string, AttemptId>): void {
    const kept = [...this.#wanted].flatMap((key) => attempts.get(key) ?? []).map(attemptKey);
    const current = new Set(kept);
    for (const key of this.#followed.keys()) if (!current.has(key)) this.#forget(key);
  }

  #forget(key: string): void {
    this.#followed.get(key)?.stop();
    this.#followed.delete(key);
  }

  #follow(id: AttemptId, signal: AbortSignal): void {
    const key = attemptKey(id);
    const swarmTaskId = this.#options.swarmTask(id);
    if (swarmTaskId === undefined || this.#followed.has(key) || !this.#hasRoom()) return;
    const followed = this.#make(id, swarmTaskId);
    this.#followed.set(key, followed);
    const running = this.#unheeded(followed.run(signal), id).finally(() => {
      this.#running.delete(running);
    });
    this.#running.add(running);
  }

  #hasRoom(): boolean {
    const full = this.#followed.size >= MAX_FOLLOWED;
    if (full && !this.#isFull) {
      this.#options.log.warn({ limit: MAX_FOLLOWED }, 'no more logs can be followed at one time');
    }
    this.#isFull = full;
    return !full;
  }

  #make(id: AttemptId, swarmTaskId: string): RelayedLog {
    const { engine, logs, clock, log, secretOf } = this.#options;
    return new RelayedLog({ id, swarmTaskId, secret: secretOf(id), engine, logs, clock, log });
  }

  #answer(want: LogWant, ask: string, id: AttemptId): void {
    if (this.#answering.has(ask) || this.#answering.size >= MAX_ANSWERS) return;
    this.#answering.add(ask);
    const answer = async () => {
      await this.#options.logs.answerLog(want, await this.#snapshot(id));
    };
    this.#unheeded(
      answer().finally(() => this.#answering.delete(ask)),
      id,
    );
  }

  async #snapshot(id: AttemptId): Promise<LogSnapshot> {
    const swarmTaskId = this.#options.swarmTask(id);
    if (swarmTaskId === undefined)
      return { unknown: 'its process has not been started', pending: true };
    try {
      const output = await this.#options.engine.taskLogs(swarmTaskId, SNAPSHOT_BYTES);
      return { attempt: id.attempt, output: maskOutput(output, this.#options.secretOf(id)) };
    } catch (error) {
      return { unknown: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Work whose failure is only logged. */
  #unheeded(work: Promise<void>, id: AttemptId): Promise<void> {
    return work.catch((err: unknown) => {
      const { log } = this.#options;
      log.warn({ err, job: id.jobUid, task: id.index }, 'a log could not be relayed');
    });
  }
}

/** One string per task. */
function taskKey({ jobUid, index }: Pick<AttemptId, 'jobUid' | 'index'>): string {
  return `${jobUid}/${index}`;
}
