import { type Output, partialOutput, unavailableOutput } from '../apis/index.ts';
import { doubtOfEmptyLog } from './empty-log.ts';
import type { ObservedNode, ObservedTask } from './engine.ts';
import { EngineError } from './engine-error.ts';
import {
  type EncodedBytes,
  isDecided,
  type KnownLog,
  type Lack,
  type LogDriver,
  lackOf,
} from './log-driver.ts';
import { isOfStart } from './start-failure.ts';
import { isTerminal } from './task-state.ts';

/** What is asked for to judge a log, all of it after the log was read. */
export interface LogWitnesses {
  /** @throws EngineError 404 when its record is gone. */
  task(): Promise<ObservedTask>;
  /**
   * The container of a task: how its log is kept, or `gone`. Undefined where that cannot be asked, as of one on
   * another node than that of the engine.
   */
  container(task: ObservedTask): Promise<LogDriver | 'gone' | undefined>;
  nodes(): Promise<ObservedNode[]>;
  /** True when nothing need be asked: the engine of the task's node was there all its time. */
  wasThere(task: ObservedTask): boolean;
  /** The engine's clock, or one that is near enough. Unix ms. */
  now(): number;
  /** Where the engine that is asked keeps logs by default. */
  defaultDriver(): Promise<string>;
}

/**
 * For how long after its end an empty log is shown as one whose container cannot be asked for, in ms: it is most
 * likely that of a task that wrote nothing, as who removes old containers leaves the youngest alone.
 */
const LIKELY_MS = 60_000;

/** @returns the log that was read, with what is known of it. */
export async function judgedLog(
  read: Output,
  encoded: EncodedBytes,
  witnesses: LogWitnesses,
): Promise<Output> {
  if (read.summary.log.state === 'unavailable') return read;
  const isEmpty = read.summary.stdout.bytes + read.summary.stderr.bytes === 0;
  const task = await witnesses.task().catch(isEmpty ? rethrow : unlessGone);
  if (task === undefined)
    return partialOutput(read, 'unknown options: the record of its task is gone');
  const given = task.logDriver;
  const isAsked = isEmpty || given === undefined || !isDecided(given);
  const container = isAsked ? await witnesses.container(task) : undefined;
  const log = knownLog(given, container);
  const lack = lackOf(log, encoded);
  const doubt = isEmpty ? await doubtOfEmpty(task, witnesses, { container, log, lack }) : undefined;
  if (doubt?.state === 'unavailable') return { ...read, summary: unavailableOutput(doubt.reason) };
  const { reason } = lack ?? doubt ?? {};
  return reason === undefined ? read : partialOutput(read, reason);
}

function rethrow(error: unknown): never {
  throw error;
}

/** What was read is there, whatever has become of its task since. */
function unlessGone(error: unknown): undefined {
  if (!(error instanceof EngineError) || error.status !== 404) throw error;
}

function knownLog(
  given: LogDriver | undefined,
  container: LogDriver | 'gone' | undefined,
): KnownLog | undefined {
  if (container !== undefined && container !== 'gone') return { ...container, whole: true };
  return given && { ...given, whole: false };
}

/** Why an empty log may not be that of a task that wrote nothing: no answer of an engine tells one from the other. */
async function doubtOfEmpty(
  task: ObservedTask,
  witnesses: LogWitnesses,
  found: {
    container: LogDriver | 'gone' | undefined;
    log: KnownLog | undefined;
    lack: Lack | undefined;
  },
): Promise<Lack | undefined> {
  const { container, log, lack } = found;
  if (isOfStart(task.error ?? '')) return unavailable('its process was never started');
  if (lack?.state === 'unavailable') return lack;
  if (log === undefined && (await witnesses.defaultDriver()) === 'none') {
    return unavailable('the engine keeps no logs: its log driver is "none"');
  }
  const isGone = container === 'gone';
  if (container !== undefined && !isGone) return undefined;
  if (!isGone && (task.nodeId === undefined || !isTerminal(task.state))) return undefined;
  if (isGone || !witnesses.wasThere(task)) {
    const anew = doubtOfEmptyLog({ task, nodes: await witnesses.nodes() });
    if (anew !== undefined) return unavailable(anew);
  }
  if (isGone) return unavailable('its container was removed before its log was read');
  const age = witnesses.now() - task.updatedAt;
  const untold = 'nothing tells whether its container was still there';
  if (age < LIKELY_MS) return { state: 'partial', reason: `it is empty, and ${untold}` };
  return unavailable(`it was read ${Math.round(age / 1000)} s after its task had ended: ${untold}`);
}

function unavailable(reason: string): Lack {
  return { state: 'unavailable', reason };
}
