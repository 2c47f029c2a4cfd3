import type { Output } from '../apis/index.ts';
import { untilAborted } from '../clock/until-aborted.ts';
import { isEmptyLog, unlessLost } from './empty-log.ts';
import type { ObservedNode, ObservedTask } from './engine.ts';
import type { EngineCalls } from './engine-calls.ts';
import { toEngineError } from './engine-error.ts';
import { followFrames, type OnLogBytes } from './log-follow.ts';
import { LogFrames, settledLog } from './log-frames.ts';
import { observedTask, type RawTask } from './translate.ts';

/** What tells whether an empty log is empty because its task wrote nothing. */
interface LogWitnesses {
  /** True when that is known already, without asking. */
  keepsLogOf(swarmTaskId: string): boolean;
  listNodes(): Promise<ObservedNode[]>;
  logDriver(): Promise<string>;
}

/** The logs of Swarm tasks: whole, or as they are written. */
export class EngineLogs {
  readonly #calls: EngineCalls;
  readonly #witnesses: LogWitnesses;

  constructor(calls: EngineCalls, witnesses: LogWitnesses) {
    this.#calls = calls;
    this.#witnesses = witnesses;
  }

  /** As {@link Engine.taskLogs}. */
  async taskLogs(swarmTaskId: string, limitBytes: number): Promise<Output> {
    const what = `cannot read the log of task ${swarmTaskId}`;
    const frames = new LogFrames(limitBytes);
    const call = { method: 'GET', path: logPath(swarmTaskId), what } as const;
    await this.#calls.http.stream(call, (chunk) => frames.push(chunk));
    try {
      return await this.#unlessLost(swarmTaskId, settledLog(frames.output()));
    } catch (error) {
      throw toEngineError(what, error);
    }
  }

  /** As {@link Engine.followLogs}. */
  async followLogs(swarmTaskId: string, onBytes: OnLogBytes, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const what = `cannot follow the log of task ${swarmTaskId}`;
    // Only the answer's beginning is limited: a task may write nothing for as long as it likes.
    const limit = this.#calls.limit(what);
    const closed = AbortSignal.any([signal, limit.signal]);
    const follow = async () => {
      // dockerode cuts off the last character of a query that it does not make itself.
      const path = `${logPath(swarmTaskId)}&follow=1&`;
      const stream = await limit.race(this.#calls.open(path, closed));
      limit.end();
      await followFrames(stream, onBytes);
    };
    try {
      await untilAborted(follow(), signal);
    } catch (error) {
      if (!signal.aborted) throw toEngineError(what, limit.reason ?? error);
    } finally {
      limit.end();
    }
  }

  /** @returns the output; one that is flagged where its emptiness is none of the task's. */
  async #unlessLost(swarmTaskId: string, output: Output): Promise<Output> {
    if (!isEmptyLog(output) || this.#witnesses.keepsLogOf(swarmTaskId)) return output;
    const [task, nodes, logDriver] = await Promise.all([
      this.#task(swarmTaskId),
      this.#witnesses.listNodes(),
      this.#witnesses.logDriver(),
    ]);
    return unlessLost(output, { task, nodes, logDriver });
  }

  #task(id: string): Promise<ObservedTask> {
    return this.#calls.within(`cannot look at task ${id}`, async (abortSignal) => {
      const task = this.#calls.docker.getTask(id);
      return observedTask((await task.inspect({ abortSignal })) as RawTask);
    });
  }
}

function logPath(swarmTaskId: string): string {
  return `/tasks/${encodeURIComponent(swarmTaskId)}/logs?stdout=1&stderr=1`;
}
