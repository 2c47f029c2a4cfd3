import type { JobSpec } from '../apis/index.ts';
import type { TimeNote } from './actions.ts';
import type { AttemptView } from './snapshot.ts';

/** The time limit that an attempt is under at present. */
export interface TimeLimit {
  kind: 'start' | 'run' | 'node';
  seconds: number;
  /** Unix time in ms from which it counts. */
  since: number;
}

/** A note to store before a limit can count; undefined when there is nothing (new) to note. */
export function timeNote(spec: JobSpec, view: AttemptView, now: number): TimeNote | undefined {
  const { record, evidence } = view;
  if (evidence.kind === 'running' && timeoutOf(spec, view) !== undefined) {
    return record.runningAt === undefined ? { runningAt: now } : undefined;
  }
  if (isNodeLost(view) && waitsForNode(spec)) {
    return record.lostAt === undefined ? { lostAt: now } : undefined;
  }
  return undefined;
}

/** The limit that the attempt's present state is under. Only what was stored counts. */
export function timeLimit(spec: JobSpec, view: AttemptView): TimeLimit | undefined {
  const { record, evidence } = view;
  if (isNodeLost(view)) return nodeLimit(spec, record.lostAt);
  if (evidence.kind === 'running') {
    return limitOf('run', timeoutOf(spec, view), record.runningAt);
  }
  if (evidence.kind === 'waiting') {
    const since = record.firstClaimedAt ?? record.claimedAt;
    return limitOf('start', spec.startDeadlineSeconds, since);
  }
  return undefined;
}

/** The task's own limit, else that of the job. */
function timeoutOf(spec: JobSpec, { record }: AttemptView): number | undefined {
  return record.timeoutSeconds ?? spec.timeoutSeconds;
}

/** Ms that are left of a limit; 0 when it is over. */
export function timeLeftMs({ seconds, since }: TimeLimit, now: number): number {
  return Math.max(0, since + seconds * 1000 - now);
}

export function isNodeLost({ evidence }: AttemptView): boolean {
  return evidence.kind === 'lost' && evidence.reason === 'NodeLost';
}

/** True when a lost node is not the end of its attempts at once. */
export function waitsForNode({ onNodeLost, lostAfterSeconds }: JobSpec): boolean {
  return onNodeLost === 'wait' || (lostAfterSeconds ?? 0) > 0;
}

function nodeLimit(spec: JobSpec, lostAt: number | undefined): TimeLimit | undefined {
  if (spec.onNodeLost === 'wait') return undefined;
  return limitOf('node', spec.lostAfterSeconds, lostAt);
}

function limitOf(
  kind: TimeLimit['kind'],
  seconds: number | undefined,
  since: number | undefined,
): TimeLimit | undefined {
  return seconds === undefined || since === undefined ? undefined : { kind, seconds, since };
}
