import type { Request, Response } from 'express';
import { type Job, ownName, type TaskSpec } from '../../apis/index.ts';
import { type JobRequest, parseJobInSteps } from '../../apis/validation/index.ts';
import { jobToApply, lastApplied, newJob } from '../../apply/index.ts';
import { below } from '../../policy/index.ts';
import type { JobCatalog, JobReader, StoredMeta, Submission } from '../../store/ports.ts';
import type { Caller, Handler } from '../access/caller.ts';
import { homeOf } from '../access/home.ts';
import { admit, defaultsIn, quotasIn } from '../admission.ts';
import { idempotencyKey, idempotencyOf } from '../idempotency.ts';
import { jobResource } from '../job-resource.ts';
import { idMaker } from '../new-id.ts';
import { preflight } from '../preflight.ts';
import { notFound } from '../problem.ts';
import { flagOf, isDryRun } from '../query.ts';
import { jobOf, objectName } from '../resolve.ts';
import { checkNamespace, isNamed, readManifest, requireName } from './manifest-body.ts';
import { type SubmitOptions, submitOnce } from './submit.ts';

const PLACE = below('spec');
const PAGE = 1000;

/** `POST /v1/jobs`: accepts a Job of `swarmer/v1` that needs no name. */
export function createJob(options: SubmitOptions): Handler {
  const newId = idMaker(options.clock);
  return async (request, response, caller) => {
    const namespace = homeOf(caller.identity);
    const key = idempotencyKey(request.get('Idempotency-Key'));
    const { body, value } = await readJob(options, request, namespace);
    const uid = newId();
    const name = isNamed(value.metadata) ? requireName(value.metadata, uid) : ownName(uid).name;
    const id = await submitOnce(caller, response, {
      ...submissionOf(value, body, { namespace, name, uid }),
      ...idempotencyOf(key, caller.identity, { route: 'submitJob', namespace }, body),
      ...quotasIn(options, namespace),
    });
    response.status(201).set('Location', `/v1/jobs/${id}`).json({ id });
  };
}

/** `POST /v1/namespaces/<namespace>/jobs`: accepts a Job with a name, or the beginning of one. */
export function createNamedJob(options: SubmitOptions): Handler {
  const { clock } = options;
  const newId = idMaker(clock);
  return async (request, response, caller) => {
    const namespace = objectName(request.params['namespace']);
    const key = idempotencyKey(request.get('Idempotency-Key'));
    const dryRun = isDryRun(request);
    const { body, value } = await readJob(options, request, namespace);
    const uid = newId();
    const name = requireName(value.metadata, uid);
    const submission = submissionOf(value, body, { namespace, name, uid });
    if (dryRun) {
      response.status(200).json(jobResource(newJob(submission, clock.now()), submission.tasks));
      return;
    }
    const id = await submitOnce(caller, response, {
      ...submission,
      ...idempotencyOf(key, caller.identity, { route: 'createJob', namespace }, body),
      ...quotasIn(options, namespace),
    });
    const job = await required(caller.jobs, id);
    const location = `/v1/namespaces/${namespace}/jobs/${job.metadata.name}`;
    sendJob(response.status(201).set('Location', location), job);
  };
}

/** The manifest of a request, if such a job may be. @throws ApiProblem 400, 403, 413, 415. */
async function readJob(
  options: SubmitOptions,
  request: Request,
  namespace: string,
): Promise<{ body: unknown; value: JobRequest }> {
  const read = await readManifest(request, defaultsIn(options, namespace), parseJobInSteps);
  checkNamespace(read.value.metadata, namespace);
  admit(options, namespace, read.value, PLACE);
  await preflight(options, namespace, read.value.spec, PLACE);
  return read;
}

function submissionOf(
  request: JobRequest,
  body: unknown,
  { namespace, name, uid }: { namespace: string; name: string; uid: string },
): Submission {
  const { labels, annotations } = request.metadata;
  const meta: StoredMeta = {
    ...{ namespace, name },
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
  };
  const applied = lastApplied(jobToApply(request, body));
  return { uid, meta, spec: request.spec, tasks: request.tasks, applied };
}

/** `GET` of a job; with `tasks=true` its tasks stand in its spec, as they were given. */
export const getJob: Handler = async (request, response, { jobs, catalog }) => {
  const withTasks = flagOf(request, 'tasks');
  const uid = await jobOf(request, catalog);
  const job = await required(jobs, uid);
  sendJob(response, job, withTasks ? await allTasks(catalog, uid) : undefined);
};

/** A verb on a job: does it, and answers with the job as it then is. */
export function actOnJob(act: (caller: Caller, uid: string) => Promise<void>): Handler {
  return async (request, response, caller) => {
    const uid = await jobOf(request, caller.catalog);
    await act(caller, uid);
    sendJob(response, await required(caller.jobs, uid));
  };
}

/** `DELETE` of a job: it is cancelled if need be, and removed with all that belongs to it. */
export const deleteJob: Handler = async (request, response, { jobs, catalog }) => {
  await jobs.deleteJob(await jobOf(request, catalog));
  response.status(202).json({});
};

function sendJob(response: Response, job: Job, tasks?: TaskSpec[]): void {
  versioned(response, job).json(jobResource(job, tasks));
}

/** The response with the version of the job that it is about. */
export function versioned(response: Response, { metadata }: Job): Response {
  return response.set('Cache-Control', 'no-store').set('ETag', `"${metadata.resourceVersion}"`);
}

/** @throws ApiProblem 404 */
export async function required(jobs: JobReader, uid: string): Promise<Job> {
  const job = await jobs.getJob(uid);
  if (job === undefined) throw notFound('There is no such job. Check the id.');
  return job;
}

/** The tasks of a job as they were given. */
export async function allTasks(catalog: JobCatalog, uid: string): Promise<TaskSpec[]> {
  const tasks: TaskSpec[] = [];
  for (;;) {
    const page = await catalog.listTasks(uid, tasks.length, PAGE);
    for (const { spec } of page) tasks.push(spec);
    if (page.length < PAGE) return tasks;
  }
}
