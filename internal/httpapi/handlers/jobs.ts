import type { Response } from 'express';
import { ulid } from 'ulid';
import type { Job, TaskSpec } from '../../apis/index.ts';
import { type JobRequest, parseJobInSteps } from '../../apis/validation/index.ts';
import { jobToApply, lastApplied, newJob } from '../../apply/index.ts';
import { below } from '../../policy/index.ts';
import type { JobCatalog, JobReader, StoredMeta, Submission } from '../../store/ports.ts';
import type { Caller, Handler } from '../access/caller.ts';
import { admit, defaultsIn, quotasIn } from '../admission.ts';
import { idempotencyKey, idempotencyOf } from '../idempotency.ts';
import { jobResource } from '../job-resource.ts';
import { preflight } from '../preflight.ts';
import { notFound } from '../problem.ts';
import { flagOf, isDryRun } from '../query.ts';
import { jobOf, objectName } from '../resolve.ts';
import { checkNamespace, readManifest, requireName } from './manifest-body.ts';
import { acceptor, type SubmitOptions } from './submit.ts';

const MANIFEST = { parse: parseJobInSteps, place: below('spec') };
const PAGE = 1000;

/** `POST /v1/jobs`: accepts a Job of `swarmer/v1` that needs no name. */
export function createJob(options: SubmitOptions): Handler {
  const accept = acceptor(options, MANIFEST);
  return async (request, response, caller) => {
    const id = await accept(request, response, caller);
    response.status(201).set('Location', `/v1/jobs/${id}`).json({ id });
  };
}

/** `POST /v1/namespaces/<namespace>/jobs`: accepts a Job with a name, or the beginning of one. */
export function createNamedJob(options: SubmitOptions): Handler {
  const { clock } = options;
  return async (request, response, { identity, jobs }) => {
    const namespace = objectName(request.params['namespace']);
    const key = idempotencyKey(request.get('Idempotency-Key'));
    const dryRun = isDryRun(request);
    const { body, value } = await readManifest(
      request,
      defaultsIn(options, namespace),
      parseJobInSteps,
    );
    checkNamespace(value.metadata, namespace);
    admit(options, namespace, value, MANIFEST.place);
    await preflight(options, namespace, value.spec, MANIFEST.place);
    const submission = submissionOf(value, body, { namespace, uid: ulid(clock.now()) });
    if (dryRun) {
      response.status(200).json(jobResource(newJob(submission, clock.now()), submission.tasks));
      return;
    }
    const idempotency =
      key === undefined ? {} : { idempotency: idempotencyOf(key, identity, body) };
    const uid = await jobs.submitJob({
      ...{ ...submission, ...idempotency },
      ...quotasIn(options, namespace),
    });
    if (uid !== submission.uid) response.set('Idempotent-Replayed', 'true');
    const job = await required(jobs, uid);
    const location = `/v1/namespaces/${namespace}/jobs/${job.metadata.name}`;
    sendJob(response.status(201).set('Location', location), job);
  };
}

function submissionOf(
  request: JobRequest,
  body: unknown,
  { namespace, uid }: { namespace: string; uid: string },
): Submission {
  const { labels, annotations } = request.metadata;
  const meta: StoredMeta = {
    ...{ namespace, name: requireName(request.metadata, uid) },
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
  response
    .set('Cache-Control', 'no-store')
    .set('ETag', `"${job.metadata.resourceVersion}"`)
    .json(jobResource(job, tasks));
}

async function required(jobs: JobReader, uid: string): Promise<Job> {
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
