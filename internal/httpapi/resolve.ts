import type { Request } from 'express';
import { isObjectName } from '../apis/validation/index.ts';
import type { JobCatalog } from '../store/ports.ts';
import { jobId } from './job-id.ts';
import { ApiProblem, notFound } from './problem.ts';

/** The uid of the job of a path, which has its uid, or namespace and name. @throws ApiProblem 404. */
export async function jobOf(
  { params }: Request,
  catalog: Pick<JobCatalog, 'findJob'>,
): Promise<string> {
  if (params['name'] === undefined) return jobId(params['id']);
  const [namespace, name] = [objectName(params['namespace']), objectName(params['name'])];
  const uid = await catalog.findJob(namespace, name);
  if (uid !== undefined) return uid;
  throw notFound(`There is no job "${name}" in namespace "${namespace}". Check both names.`);
}

/**
 * A namespace or name of a path.
 * @throws ApiProblem 400 for what cannot be one, so that no such name reaches the store.
 */
export function objectName(param: unknown): string {
  if (typeof param === 'string' && isObjectName(param)) return param;
  const rule = '1 to 63 of a-z, 0-9 and "-", a letter or digit first and last';
  throw new ApiProblem(400, `A namespace or a name in a path must be ${rule}.`);
}
