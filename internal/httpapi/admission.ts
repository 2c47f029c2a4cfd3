import type { Job, Quotas } from '../apis/index.ts';
import type { Problems, ServerDefaults } from '../apis/validation/index.ts';
import { type Judged, judge, type Place } from '../policy/index.ts';
import type { NamespaceQuota } from '../store/ports.ts';
import type { ApiOptions } from './options.ts';
import { ApiProblem } from './problem.ts';

/** What the server and the operator fill in where a job of this namespace says nothing. */
export function defaultsIn(
  options: Pick<ApiOptions, 'outputLimitBytes' | 'policy' | 'submitCompletionPolicy'>,
  namespace: string,
): ServerDefaults {
  const { outputLimitBytes, policy, submitCompletionPolicy } = options;
  return { outputLimitBytes, job: policy.rulesOf(namespace).defaults, submitCompletionPolicy };
}

/**
 * Holds a job against the operator's policy.
 * @param place where the fields of its spec stand in the body.
 * @throws ApiProblem 403 with everything that breaks a rule.
 */
export function admit(
  { policy }: Pick<ApiOptions, 'policy'>,
  namespace: string,
  job: Judged,
  place: Place,
): void {
  const refused = judge(policy, namespace, job, place);
  if (refused !== undefined) throw forbidden(refused);
}

/** What the namespace may have, for a write that brings tasks about. */
export function quotasIn(
  { policy }: Pick<ApiOptions, 'policy'>,
  namespace: string,
): { quotas: Quotas } {
  return { quotas: policy.rulesOf(namespace).quotas };
}

/** The same for a job that there is. */
export function quotaOf(
  options: Pick<ApiOptions, 'policy'>,
  { metadata: { namespace }, spec }: Job,
): NamespaceQuota {
  return { ...spec, namespace, limits: quotasIn(options, namespace).quotas };
}

/** A job breaks rules of the operator's policy. */
export function forbidden({ problems, more }: Problems): ApiProblem {
  const shown =
    more === 0 ? '' : ` (the first ${problems.length} are listed, ${more} more are not)`;
  const detail =
    `The operator's policy does not allow this${shown}. Change what "errors" lists, or ask the ` +
    'operator of the server.';
  return new ApiProblem(403, detail, { errors: problems });
}
