import type { JobSpec, TaskSpec } from '../job.ts';
import type { CompletionPolicy } from '../policy.ts';

/** What the server fills in where a submission says nothing. */
export interface ServerDefaults {
  /** Bytes kept of each output stream of each task. */
  outputLimitBytes: number;
  /** Fields of a job's spec: the operator's. */
  job?: Partial<JobSpec>;
  /** Of a job of `POST /submit`; before that of `job`. */
  submitCompletionPolicy?: CompletionPolicy | undefined;
}

/** The original ran a task once. */
const BACKOFF_LIMIT = 0;
/** As Kubernetes users expect of a manifest. */
export const MANIFEST_BACKOFF_LIMIT = 3;
const LOSS_LIMIT = 10;

/** The given fields of a job's spec with the others filled in. Idempotent. */
export function withJobDefaults(
  given: Pick<JobSpec, 'image'> & Partial<JobSpec>,
  { outputLimitBytes, job }: ServerDefaults,
): JobSpec {
  const own = { backoffLimit: BACKOFF_LIMIT, lossLimit: LOSS_LIMIT, outputLimitBytes };
  return { ...own, ...job, ...given };
}

/** A task with what it does not give filled in. Idempotent. */
export function withTaskDefaults(given: { name: string; args?: string[] | undefined }): TaskSpec {
  return { name: given.name, args: given.args ?? [] };
}
