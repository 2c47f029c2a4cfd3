import type { JobSpec, Quotas } from '../apis/index.ts';

/** What of a spec tells how much output its tasks may leave. */
type Leaving = Pick<JobSpec, 'outputLimitBytes'> &
  Partial<Pick<JobSpec, 'backoffLimit' | 'failurePolicy'>>;

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
    ...{ namespace, jobs, tasks, outputBytes },
    ...{ taskBytes: 2 * outputLimitBytes, earlierBytes: earlierBytes(quota), earlierMost },
  });
}

/** Earlier attempts kept of a task. */
const KEPT = 4;
/** Bytes kept of each of their streams. */
const TAIL_BYTES = 64 * 1024;

/** Bytes that the earlier attempts of one task may leave. */
function earlierBytes({ outputLimitBytes, backoffLimit = 0, failurePolicy = [] }: Leaving): number {
  const ignores = failurePolicy.some(({ action }) => action === 'Ignore');
  const attempts = ignores ? KEPT : Math.min(KEPT, backoffLimit);
  return 2 * attempts * Math.min(TAIL_BYTES, outputLimitBytes);
}
