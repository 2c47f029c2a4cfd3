import type { AttemptId, AttemptRecord, Job } from '../apis/index.ts';
import type { SubmittedRequest } from '../httpapi/index.ts';
import type { DeliveryResult } from '../store/index.ts';
import type { FinishedSpan } from './finished-span.ts';
import { spanIdOf } from './ids.ts';

/** The span that another one is part of. */
export interface Parent {
  traceId: string;
  /** Absent: there is none in the trace. */
  spanId?: string;
}

export const submitSpanId = (uid: string) => spanIdOf('submit', uid);
export const jobSpanId = (uid: string, generation: number) => spanIdOf('job', uid, generation);
export const attemptSpanId = ({ jobUid, index, attempt }: AttemptId) =>
  spanIdOf('attempt', jobUid, index, attempt);

/** The request that created a job. */
export function submitSpan(request: SubmittedRequest, parent: Parent): FinishedSpan {
  const { uid, method, route, status, begunAt, endedAt } = request;
  return span(submitSpanId(uid), parent, {
    ...{ name: `${method} ${route}`, kind: 'server', start: begunAt, end: endedAt },
    ...(status < 500 ? {} : { error: `answered ${status}` }),
    attributes: {
      'http.request.method': method,
      'http.route': route,
      'http.response.status_code': status,
      'swarmer.job.uid': uid,
    },
  });
}

/** A job from its creation to its end; undefined before that. */
export function jobSpan({ metadata, status }: Job, parent: Parent): FinishedSpan | undefined {
  const { uid, namespace, name, generation = 1, creationTimestamp: start } = metadata;
  const { phase, counts, finishedAt: end, conditions } = status;
  if (end === undefined) return undefined;
  return span(jobSpanId(uid, generation), parent, {
    ...{ name: 'job', kind: 'internal', start, end },
    ...(phase === 'Complete' ? {} : { error: conditions[0]?.message ?? phase }),
    attributes: {
      ...{ 'swarmer.job.uid': uid, 'swarmer.namespace': namespace, 'swarmer.job.name': name },
      ...{ 'swarmer.job.phase': phase, 'swarmer.job.generation': generation },
      ...{ 'swarmer.tasks': counts.total, 'swarmer.tasks.succeeded': counts.succeeded },
      ...{ 'swarmer.tasks.failed': counts.failed, 'swarmer.tasks.cancelled': counts.cancelled },
    },
  });
}

/**
 * An attempt, and its phases as far as the engine has told of them: until its process started, and
 * while it ran.
 * @param settledAt Unix ms at which it was counted: its end where its process had none.
 */
export function attemptSpans(
  id: AttemptId,
  { claimedAt, verdict }: AttemptRecord,
  settledAt: number,
  parent: Parent,
): FinishedSpan[] {
  if (verdict === undefined) return [];
  const { startedAt, finishedAt, outcome, exitStatus, reason, nodeId } = verdict;
  const start = claimedAt ?? startedAt ?? settledAt;
  const own = span(attemptSpanId(id), parent, {
    ...{ name: 'attempt', kind: 'internal', start, end: finishedAt ?? settledAt },
    ...(outcome === 'Succeeded' ? {} : { error: reason ?? outcome }),
    attributes: {
      ...{ 'swarmer.job.uid': id.jobUid, 'swarmer.task.index': id.index },
      ...{ 'swarmer.attempt': id.attempt, 'swarmer.outcome': outcome },
      ...(exitStatus === null ? {} : { 'swarmer.exit_status': exitStatus }),
      ...(nodeId === undefined ? {} : { 'swarmer.node.id': nodeId }),
    },
  });
  const phase = (name: string, from: number | undefined, to: number | undefined) => {
    if (from === undefined || to === undefined) return [];
    const phaseId = spanIdOf(name, id.jobUid, id.index, id.attempt);
    const rest = { name, kind: 'internal', start: from, end: to, attributes: {} } as const;
    return [span(phaseId, own, rest)];
  };
  return [
    own,
    ...phase('attempt start', claimedAt, startedAt),
    ...phase('attempt run', startedAt, finishedAt),
  ];
}

/** One try to deliver the callback of a job. */
export function deliverySpan(
  spanId: string,
  { jobUid, attempt, host }: { jobUid: string; attempt: number; host: string },
  result: DeliveryResult,
  parent: Parent,
): FinishedSpan {
  return span(spanId, parent, {
    ...{ name: 'callback', kind: 'client', start: result.at - result.tookMs, end: result.at },
    ...('error' in result ? { error: result.error } : {}),
    attributes: {
      ...{ 'http.request.method': 'POST', 'server.address': host, 'swarmer.job.uid': jobUid },
      ...{ 'swarmer.callback.attempt': attempt, 'swarmer.callback.result': result.kind },
      ...(result.status === undefined ? {} : { 'http.response.status_code': result.status }),
    },
  });
}

/** The times may be of the clocks of two machines: no span ends before it begins. */
function span(
  spanId: string,
  parent: Parent,
  { start, end, ...rest }: Omit<FinishedSpan, 'traceId' | 'spanId' | 'parentSpanId'>,
): FinishedSpan {
  const { traceId, spanId: parentSpanId } = parent;
  const under = parentSpanId === undefined ? {} : { parentSpanId };
  return { traceId, spanId, ...under, ...rest, start, end: Math.max(start, end) };
}
