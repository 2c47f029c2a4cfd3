import { type LogVerdict, maskSecret, type Output, type StreamSummary } from '../apis/index.ts';
import type { Tail } from '../tail/tail.ts';

/** What a task says of one of its streams. */
export interface ReportedStream {
  tail: Tail;
  /** Bytes the process wrote, as far as the task says so. */
  bytes?: number | undefined;
}

/** The streams of a report; one of which it says nothing is absent. */
export interface ReportedStreams {
  stdout?: ReportedStream | undefined;
  stderr?: ReportedStream | undefined;
}

const EMPTY = { kept: Buffer.alloc(0), summary: { bytes: 0, truncated: false } };

/**
 * What is kept of each reported stream, and how much there was.
 * @param broken the report broke off: what it says of its output is not all.
 * @param secret is shown in neither.
 */
export function reportedOutput(
  streams: ReportedStreams,
  { broken = false, secret }: { broken?: boolean; secret: string },
): Output {
  const out = streams.stdout === undefined ? EMPTY : read(streams.stdout, secret);
  const err = streams.stderr === undefined ? EMPTY : read(streams.stderr, secret);
  const truncated = out.summary.truncated || err.summary.truncated;
  const log = broken ? BROKEN : (lack(streams) ?? kept(truncated));
  return {
    summary: { stdout: out.summary, stderr: err.summary, log },
    stdout: out.kept,
    stderr: err.kept,
  };
}

const BROKEN: LogVerdict = { state: 'unavailable', reason: 'the report of the task broke off' };

/** What a report does not say is not taken for nothing. */
function lack({ stdout, stderr }: ReportedStreams): LogVerdict | undefined {
  if (stdout !== undefined && stderr !== undefined) return undefined;
  const what = stdout === stderr ? 'output' : stdout === undefined ? 'stdout' : 'stderr';
  return { state: 'unavailable', reason: `the report of the task says nothing of its ${what}` };
}

function kept(truncated: boolean): LogVerdict {
  return { state: truncated ? 'truncated' : 'complete' };
}

function read(
  { tail, bytes = 0 }: ReportedStream,
  secret: string,
): { kept: Buffer; summary: StreamSummary } {
  const kept = tail.bytes();
  maskSecret(kept, secret);
  const total = Math.max(bytes, tail.totalBytes);
  return { kept, summary: { bytes: total, truncated: total > kept.length } };
}
