import { type Identity, sees } from '../../access/index.ts';
import { DEFAULT_NAMESPACE } from '../../apis/index.ts';
import { ApiProblem } from '../problem.ts';

/**
 * Where a job goes whose submission names no namespace: to the only one that its caller is bound to,
 * else to `default`.
 * @throws ApiProblem 403 for who is bound to several others.
 */
export function homeOf({ name, namespaces }: Identity): string {
  const [first, ...more] = namespaces === '*' ? [] : namespaces;
  if (first !== undefined && more.length === 0) return first;
  if (sees(namespaces, DEFAULT_NAMESPACE)) return DEFAULT_NAMESPACE;
  const detail =
    `The token "${name}" is bound to several namespaces, and this path names none. ` +
    'POST to /v1/namespaces/<namespace>/jobs.';
  throw new ApiProblem(403, detail);
}
