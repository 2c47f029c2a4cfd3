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
 * For how long after its end an empty log of another node is believed, in ms: nothing tells whether the container
 * is still there, and who removes old ones leaves the youngest alone.
 */
const BELIEVED_MS = 60_000;

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
  if (doubt !== undefined) return { ...read, summary: unavailableOutput(doubt) };
  return lack === undefined ? read : partialOutput(read, lack.reason);
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

/** Why an empty log is not that of a task that wrote nothing: no answer of an engine tells one from the other. */
async function doubtOfEmpty(
  task: ObservedTask,
  witnesses: LogWitnesses,
  found: {
    container: LogDriver | 'gone' | undefined;
    log: KnownLog | undefined;
    lack: Lack | undefined;
  },
): Promise<string | undefined> {
  const { container, log, lack } = found;
  if (isOfStart(task.error ?? '')) return 'its process was never started';
  if (lack?.state === 'unavailable') return lack.reason;
  if (log === undefined && (await witnesses.defaultDriver()) === 'none') return NONE_BY_DEFAULT;
  const isThere = container !== undefined && container !== 'gone';
  if (isThere || task.nodeId === undefined || !isTerminal(task.state)) return undefined;
  const isGone = container === 'gone';
  if (isGone || !witnesses.wasThere(task)) {
    const anew = doubtOfEmptyLog({ task, nodes: await witnesses.nodes() });
    if (anew !== undefined) return anew;
  }
  if (isGone) return 'its container was removed before its log was read';
  const age = witnesses.now() - task.updatedAt;
  if (age < BELIEVED_MS) return undefined;
  const seconds = Math.round(age / 1000);
  return `it was read ${seconds} s after its task had ended: nothing tells whether its container was still there`;
}

const NONE_BY_DEFAULT = 'the engine keeps no logs: its log driver is "none"';
