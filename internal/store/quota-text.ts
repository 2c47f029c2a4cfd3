import type { JobSpec, Quotas } from '../apis/index.ts';

/** The limits of a namespace, for a transition that brings tasks about. */
export interface NamespaceQuota {
  namespace: string;
  limits: Quotas;
  /** Kept of each stream of each of those tasks. */
  outputLimitBytes: number;
}

/** The limits that come with a job, if any do. */
export function quotaOf(
  { namespace }: { namespace: string },
  { spec, quotas }: { spec: Pick<JobSpec, 'outputLimitBytes'>; quotas?: Quotas },
): NamespaceQuota | undefined {
  if (quotas === undefined) return undefined;
  return { namespace, limits: quotas, outputLimitBytes: spec.outputLimitBytes };
}

/** Limits as `lua/include/quota.lua` reads them; '' when there are none that it looks at. */
export function quotaText(quota: NamespaceQuota | undefined): string {
  if (quota === undefined) return '';
  const { namespace, outputLimitBytes } = quota;
  const { jobs, tasks, outputBytes } = quota.limits;
  if (jobs === undefined && tasks === undefined && outputBytes === undefined) return '';
  return JSON.stringify({ namespace, taskBytes: 2 * outputLimitBytes, jobs, tasks, outputBytes });
}
