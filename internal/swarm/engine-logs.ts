import type { Output } from '../apis/index.ts';
import type { Clock } from '../clock/clock.ts';
import { untilAborted } from '../clock/until-aborted.ts';
import type { EngineInfo, ObservedNode, ObservedTask } from './engine.ts';
import type { EngineCalls } from './engine-calls.ts';
import { EngineError, toEngineError } from './engine-error.ts';
import type { LogDriver } from './log-driver.ts';
import { followFrames, type OnLogBytes } from './log-follow.ts';
import { LogFrames, settledLog } from './log-frames.ts';
import { judgedLog, type LogWitnesses } from './log-verdict.ts';
import { containerLog, observedTask, type RawContainer, type RawTask } from './translate.ts';
import type { Witness } from './witness.ts';

/** Who tells what is to be known of a log, beside the log. */
interface EngineWitnesses {
  witness: Pick<Witness, 'listed' | 'wasThere'>;
  clock: Clock;
  listNodes(): Promise<ObservedNode[]>;
  /** The engine that is asked. */
  engine(): Promise<Pick<EngineInfo, 'nodeId' | 'logDriver'>>;
}

/** The logs of Swarm tasks: whole, or as they are written. */
export class EngineLogs {
  readonly #calls: EngineCalls;
  readonly #witnesses: EngineWitnesses;

  constructor(calls: EngineCalls, witnesses: EngineWitnesses) {
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
      const read = settledLog(frames.output());
      return await judgedLog(read, frames.encoded, this.#witnessesOf(swarmTaskId));
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

  #witnessesOf(swarmTaskId: string): LogWitnesses {
    const { witness, clock, listNodes, engine } = this.#witnesses;
    return {
      task: async () => witness.listed(swarmTaskId) ?? (await this.#task(swarmTaskId)),
      container: (task) => this.#container(task),
      nodes: listNodes,
      wasThere: (task) => witness.wasThere(task),
      now: () => clock.now(),
      defaultDriver: async () => (await engine()).logDriver,
    };
  }

  /** Only the engine of its node knows it; a filter before that one may not let the question pass. */
  async #container({ nodeId, containerId }: ObservedTask): Promise<LogDriver | 'gone' | undefined> {
    if (containerId === undefined) return undefined;
    if ((await this.#witnesses.engine()).nodeId !== nodeId) return undefined;
    try {
      const raw = await this.#calls.find<RawContainer>('containers', containerId);
      return raw === undefined ? 'gone' : containerLog(raw);
    } catch (error) {
      const isRefusal =
        error instanceof EngineError && (error.code === 'Invalid' || error.status === 404);
      if (isRefusal) return undefined;
      throw error;
    }
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
