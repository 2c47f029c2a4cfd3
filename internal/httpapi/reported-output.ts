import type { Output, StreamSummary } from '../apis/index.ts';
import type { StreamReport } from '../apis/validation/index.ts';

/** The last `limit` bytes of each reported stream, and how much there was. */
export function reportedOutput(stdout: StreamReport, stderr: StreamReport, limit: number): Output {
  const out = lastBytes(stdout, limit);
  const err = lastBytes(stderr, limit);
  const truncated = out.summary.truncated || err.summary.truncated;
  const log = { state: truncated ? 'truncated' : 'complete' } as const;
  return {
    summary: { stdout: out.summary, stderr: err.summary, log },
    stdout: out.kept,
    stderr: err.kept,
  };
}

function lastBytes(
  { text, bytes }: StreamReport,
  limit: number,
): { kept: Buffer; summary: StreamSummary } {
  const sent = Buffer.from(text);
  // A copy, lest a few bytes keep a large body in memory.
  const kept = Buffer.from(sent.subarray(Math.max(0, sent.length - limit)));
  const total = Math.max(bytes ?? 0, sent.length);
  return { kept, summary: { bytes: total, truncated: total > kept.length } };
}
