import type { Request } from 'express';
import { type Identity, type Role, sees, suffices } from '../../access/index.ts';
import { jobId } from '../job-id.ts';
import { ApiProblem, notFound } from '../problem.ts';
import { objectName } from '../resolve.ts';
import type { Caller } from './caller.ts';
import type { Needs } from './needs.ts';

/**
 * Lets a request pass that its caller may send. What is of another namespace is not there, whatever
 * the role; so that nobody learns of it, this is decided before the role is looked at.
 * @throws ApiProblem 404, 403.
 */
export async function authorize(
  { role, concern }: Needs,
  { params }: Request,
  { identity, jobs }: Caller,
): Promise<void> {
  if (concern === 'namespace') checkNamespace(identity, objectName(params['namespace']));
  if (concern === 'cluster' && identity.namespaces !== '*') throw forbidden(identity, role, true);
  if (suffices(identity.role, role)) return;
  if (concern === 'job' && (await jobs.nameOf(jobId(params['id']))) === undefined) {
    throw notFound('There is no such job. Check the id.');
  }
  throw forbidden(identity, role, false);
}

function checkNamespace({ namespaces }: Identity, namespace: string): void {
  if (sees(namespaces, namespace)) return;
  throw notFound(`There is no namespace "${namespace}" for this token. Check the name.`);
}

function forbidden({ name, role }: Identity, needed: Role, everywhere: boolean): ApiProblem {
  const bound = everywhere ? ' in all namespaces' : '';
  const has = everywhere ? 'is bound to some' : `has the role "${role}"`;
  const detail =
    `This needs the role "${needed}"${bound}; the token "${name}" ${has}. ` +
    'Use another token, or ask the operator for one.';
  return new ApiProblem(403, detail);
}
