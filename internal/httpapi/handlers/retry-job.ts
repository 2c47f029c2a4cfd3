import type { Answer } from '../../apis/answers/index.ts';
import type { TaskSpec } from '../../apis/index.ts';
import {
  type Path,
  ProblemList,
  parseRetry,
  quoted,
  type TaskReference,
} from '../../apis/validation/index.ts';
import { StoreError } from '../../store/errors.ts';
import type { Handler } from '../access/caller.ts';
import { admit, quotaOf } from '../admission.ts';
import { optionalJsonBody } from '../body/json-body.ts';
import { SPEC_BODY_BYTES } from '../body/limits.ts';
import { jobResource } from '../job-resource.ts';
import type { ApiOptions } from '../options.ts';
import { ApiProblem, invalidBody } from '../problem.ts';
import { jobOf } from '../resolve.ts';
import { allTasks, required, versioned } from './jobs.ts';

const INDEX = /^(?:0|[1-9]\d{0,8})$/;

/** What the policy has against a task stands in no field of this request's body. */
const nowhere = (): Path => [];

/**
 * `POST` of `retry`: makes the tasks of a finished job that did not succeed run again, or those among them
 * that the body names, all or none, if the policy lets them now.
 */
export function retryJob(options: Pick<ApiOptions, 'policy'>): Handler {
  return async (request, response, { jobs, catalog }) => {
    const uid = await jobOf(request, catalog);
    const job = await required(jobs, uid);
    const parsed = parseRetry((await optionalJsonBody(request, SPEC_BODY_BYTES)) ?? {});
    if (!parsed.ok) throw invalidBody(parsed);
    const tasks = await allTasks(catalog, uid);
    const chosen = parsed.value && indicesOf(parsed.value, tasks);
    const again = chosen === undefined ? tasks : onlyThose(tasks, chosen);
    admit(options, job.metadata.namespace, { spec: job.spec, tasks: again }, nowhere);
    const retrying = jobs.retryFailed(uid, quotaOf(options, job), chosen);
    const retried = await retrying.catch((error: unknown) => {
      throw chosen !== undefined && isSuccess(error) ? succeeded(chosen, error.details) : error;
    });
    const now = await required(jobs, uid);
    const answer: Answer<'JobRetried'> = { ...jobResource(now), retried };
    versioned(response, now).json(answer);
  };
}

/** @throws ApiProblem 400 that names every task that the job does not have. */
function indicesOf(references: readonly TaskReference[], tasks: readonly TaskSpec[]): number[] {
  const byName = new Map(tasks.map(({ name }, index) => [name, index]));
  const problems = new ProblemList();
  const indices = references.flatMap((reference, at) => {
    const index = indexOf(reference, byName);
    if (index !== undefined && index < tasks.length) return index;
    const name = quoted(String(reference));
    problems.add(['tasks', at], () => `the job has no task ${name}, by name or by index`);
    return [];
  });
  if (problems.total > 0) throw invalidBody(problems.failure());
  return indices;
}

function indexOf(
  reference: TaskReference,
  byName: ReadonlyMap<string, number>,
): number | undefined {
  if (typeof reference === 'number') return reference;
  return byName.get(reference) ?? (INDEX.test(reference) ? Number(reference) : undefined);
}

function onlyThose(tasks: readonly TaskSpec[], indices: readonly number[]): TaskSpec[] {
  const wanted = new Set(indices);
  return tasks.filter((_, index) => wanted.has(index));
}

function isSuccess(error: unknown): error is StoreError {
  return error instanceof StoreError && error.code === 'NothingToRetry';
}

/** The store knows indices; the client is told where in its body they are. */
function succeeded(chosen: readonly number[], indices: readonly string[]): ApiProblem {
  const done = new Set(indices);
  const problems = new ProblemList();
  for (const [at, index] of chosen.entries()) {
    if (done.has(String(index))) problems.add(['tasks', at], () => 'has succeeded');
  }
  const detail = 'Some of these tasks have succeeded, and none was retried. "errors" lists them.';
  return new ApiProblem(409, detail, { errors: problems.failure().problems });
}
