import {
  type AttemptRecord,
  DEFAULT_OUTPUT_LIMIT_BYTES,
  type JobSpec,
  type JobStatus,
  type OutputSummary,
  type ReportSummary,
  type TaskTrace,
  type Verdict,
} from '../../apis/index.ts';
import type { AttemptView, Snapshot } from '../snapshot.ts';

/** Unix time of every snapshot made here. */
export const NOW = Date.UTC(2026, 0, 1);

export const trace: TaskTrace = { swarmTaskId: 't1', nodeId: 'n1', startedAt: 1, finishedAt: 2 };

const stream = { bytes: 5, truncated: false };
export const output: OutputSummary = {
  stdout: stream,
  stderr: stream,
  log: { state: 'complete' },
};

export const succeeded: Verdict = {
  outcome: 'Succeeded',
  exitStatus: 0,
  source: 'service',
  ...trace,
};

export const failed: Verdict = {
  outcome: 'Failed',
  exitStatus: 3,
  reason: 'NonZeroExit',
  source: 'service',
  ...trace,
};

export const lost: Verdict = {
  outcome: 'Lost',
  exitStatus: null,
  reason: 'NodeLost',
  message: 'node n1 is down',
  source: 'service',
  ...trace,
};

/** Stopped by the controller while it ran. */
export const timedOut: Verdict = {
  outcome: 'TimedOut',
  exitStatus: null,
  reason: 'Timeout',
  message: 'it ran longer than 3 s',
  source: 'controller',
  swarmTaskId: 't1',
  startedAt: 1,
};

export const rejected: Verdict = {
  outcome: 'Rejected',
  exitStatus: null,
  reason: 'Rejected',
  message: 'no such image',
  source: 'service',
};

export function aSpec(given: Partial<JobSpec> = {}): JobSpec {
  return {
    image: 'alpine:3.20',
    backoffLimit: 0,
    lossLimit: 10,
    outputLimitBytes: DEFAULT_OUTPUT_LIMIT_BYTES,
    ...given,
  };
}

/** The record of a first attempt whose service was created. */
export function aRecord(given: Partial<AttemptRecord> = {}): AttemptRecord {
  return { attempt: 1, losses: 0, failures: 0, serviceId: 's1', ...given };
}

/** The record of a first attempt that was claimed and no more. */
export function aClaim(): AttemptRecord {
  return { attempt: 1, losses: 0, failures: 0 };
}

export function aReport(given: Partial<ReportSummary> = {}): ReportSummary {
  return { attempt: 1, exitStatus: 0, output, receivedAt: NOW, digest: 'd', ...given };
}

/** Task 0, whose process runs. Where the swarm tells of its end, its container is gone. */
export function aView(given: Partial<AttemptView> = {}): AttemptView {
  const { evidence = { kind: 'running', trace: { swarmTaskId: 't1', startedAt: 1 } } } = given;
  const over = ['ended', 'rejected', 'lost', 'absent'].includes(evidence.kind);
  return { index: 0, record: aRecord(), evidence, ...(over ? { gone: true } : {}), ...given };
}

interface Given extends Omit<Partial<Snapshot>, 'job'> {
  spec?: Partial<JobSpec>;
  status?: Partial<JobStatus>;
}

/** A job of ten tasks of which nothing has ended, with nothing to do. */
export function aSnapshot({ spec, status, ...given }: Given = {}): Snapshot {
  const counts = { total: 10, pending: 10, active: 0, succeeded: 0, failed: 0, cancelled: 0 };
  return {
    now: NOW,
    job: {
      metadata: {
        ...{ namespace: 'default', name: 'one', resourceVersion: 1 },
        ...{ uid: '01JGFJJZ000000000000000000', creationTimestamp: NOW },
      },
      spec: aSpec(spec),
      status: { phase: 'Running', counts, conditions: [], ...status },
    },
    attempts: [],
    runnable: 0,
    slots: 0,
    busy: new Set(),
    ...given,
  };
}
