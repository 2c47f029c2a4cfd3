import type { JobSpec, Quotas } from '../apis/index.ts';

/** What of a spec tells how much output its tasks may leave. */
type Leaving = Pick<JobSpec, 'outputLimitBytes'> &
  Partial<Pick<JobSpec, 'backoffLimit' | 'lossLimit' | 'failurePolicy' | 'completionPolicy'>>;

/** The limits of a namespace, for a transition that brings tasks of a job about. */
export interface NamespaceQuota extends Leaving {
  namespace: string;
  limits: Quotas;
}

/** The limits that come with a job, if any do. */
export function quotaOf(
  { namespace }: { namespace: string },
  { spec, quotas }: { spec: Leaving; quotas?: Quotas },
): NamespaceQuota | undefined {
  return quotas === undefined ? undefined : { ...spec, namespace, limits: quotas };
}

/**
 * Limits as `lua/include/quota.lua` reads them; '' when there are none that it looks at.
 * @param earlierMost bytes that the earlier attempts of one job may leave.
 */
export function quotaText(quota: NamespaceQuota | undefined, earlierMost: number): string {
  if (quota === undefined) return '';
  const { namespace, outputLimitBytes } = quota;
  const { jobs, tasks, outputBytes } = quota.limits;
  if (jobs === undefined && tasks === undefined && outputBytes === undefined) return '';
  return JSON.stringify({
    namespace,
    jobs,
    tasks,
    outputBytes,
    taskBytes: 2 * outputLimitBytes,
    earlierBytes: earlierBytes(quota),
    earlierMost,
  });
}

/** Earlier attempts kept of a task. */
const KEPT = 4;
/** Bytes kept of each of their streams. */
const TAIL_BYTES = 64 * 1024;

/** How often an attempt that ended without the report that is due may be followed by another. */
const UNREPORTED = 3;

/** Bytes that the earlier attempts of one task may leave. What else is lost or rejected has no output. */
function earlierBytes(spec: Leaving): number {
  const { outputLimitBytes, backoffLimit = 0, lossLimit = 0, failurePolicy = [] } = spec;
  const unreported = spec.completionPolicy === 'report' ? Math.min(UNREPORTED, lossLimit) : 0;
  const isIgnored = failurePolicy.some(({ action }) => action === 'Ignore');
  const attempts = isIgnored ? KEPT : Math.min(KEPT, backoffLimit + unreported);
  return 2 * attempts * Math.min(TAIL_BYTES, outputLimitBytes);
}
