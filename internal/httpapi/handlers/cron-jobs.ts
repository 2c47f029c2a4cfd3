import type { Request, Response } from 'express';
import { ulid } from 'ulid';
import type { CronJob } from '../../apis/index.ts';
import { parseCronJobInSteps } from '../../apis/validation/index.ts';
import { applyCronJob, createCronJob, givenSpec, suspendCronJob } from '../../apply/index.ts';
import { below } from '../../policy/index.ts';
import type { CronJobStore, StoredMeta } from '../../store/ports.ts';
import type { Handler } from '../access/caller.ts';
import { admit, defaultsIn, quotasIn } from '../admission.ts';
import { cronResource } from '../cron-resource.ts';
import { idempotencyKey, idempotencyOf } from '../idempotency.ts';
import { jobResource } from '../job-resource.ts';
import type { ApiOptions } from '../options.ts';
import { preflight } from '../preflight.ts';
import { notFound } from '../problem.ts';
import { ifMatch, isDryRun } from '../query.ts';
import { objectName } from '../resolve.ts';
import { checkName, checkNamespace, readManifest, requireName } from './manifest-body.ts';
import { submitOnce } from './submit.ts';

type CronOptions = Pick<ApiOptions, 'clock' | 'operator' | 'outputLimitBytes' | 'policy'>;
/** Where a manifest has the spec of the jobs. */
const TEMPLATE = below('spec', 'jobTemplate', 'spec');

/** `POST /v1/namespaces/<namespace>/cronjobs`. */
export function createCron(options: CronOptions): Handler {
  const { clock } = options;
  return async (request, response, { crons }) => {
    const namespace = objectName(request.params['namespace']);
    const dryRun = isDryRun(request);
    const { body, value } = await readManifest(
      request,
      defaultsIn(options, namespace),
      parseCronJobInSteps,
    );
    checkNamespace(value.metadata, namespace);
    admit(options, namespace, value.spec.jobTemplate, TEMPLATE);
    await preflight(options, namespace, value.spec.jobTemplate.spec, TEMPLATE);
    const name = requireName(value.metadata, ulid(clock.now()));
    const wanted = { namespace, name, manifest: value, given: givenSpec(body), dryRun };
    const cron = await createCronJob(crons, clock, wanted);
    const location = `/v1/namespaces/${namespace}/cronjobs/${name}`;
    sendCron(response.status(dryRun ? 200 : 201).set('Location', location), cron, clock.now());
  };
}

/** `PUT /v1/namespaces/<namespace>/cronjobs/<name>`: makes it be as the manifest says. */
export function putCron(options: CronOptions): Handler {
  const { clock } = options;
  return async (request, response, { crons }) => {
    const { namespace, name } = namesOf(request);
    const [dryRun, version] = [isDryRun(request), ifMatch(request)];
    const { body, value } = await readManifest(
      request,
      defaultsIn(options, namespace),
      parseCronJobInSteps,
    );
    checkNamespace(value.metadata, namespace);
    admit(options, namespace, value.spec.jobTemplate, TEMPLATE);
    await preflight(options, namespace, value.spec.jobTemplate.spec, TEMPLATE);
    checkName(value.metadata, name);
    const wanted = { namespace, name, manifest: value, given: givenSpec(body), dryRun };
    const matching = version === undefined ? {} : { version };
    const applied = await applyCronJob(crons, clock, { ...wanted, ...matching });
    const { result, changes, before, object } = applied;
    const now = clock.now();
    response
      .status(result === 'created' && !dryRun ? 201 : 200)
      .set('ETag', `"${object.metadata.resourceVersion}"`)
      .json({
        ...{ result, changes },
        ...(dryRun && before !== undefined ? { before: cronResource(before, now) } : {}),
        object: cronResource(object, now),
      });
  };
}

/** `GET` of a cron job. */
export function getCron({ clock }: CronOptions): Handler {
  return async (request, response, { crons }) => {
    sendCron(response, await required(crons, request), clock.now());
  };
}

/** `DELETE` of a cron job: its jobs are removed with it. */
export const deleteCron: Handler = async (request, response, { crons }) => {
  const { metadata } = await required(crons, request);
  await crons.deleteCronJob(metadata.uid);
  response.status(202).json({});
};

/** `POST …/suspend` and `resume`. */
export function suspendCron({ clock }: CronOptions, suspend: boolean): Handler {
  return async (request, response, { crons }) => {
    const { metadata } = await required(crons, request);
    await suspendCronJob(crons, metadata.uid, suspend);
    sendCron(response, await required(crons, request), clock.now());
  };
}

/** `POST …/trigger`: makes a job of it now, whatever its schedule says. */
export function triggerCron(options: CronOptions): Handler {
  const { clock } = options;
  return async (request, response, caller) => {
    const { jobs, crons, identity } = caller;
    const key = idempotencyKey(request.get('Idempotency-Key'));
    const cron = await required(crons, request);
    admit(options, cron.metadata.namespace, cron.spec.jobTemplate, TEMPLATE);
    const uid = ulid(clock.now());
    const { labels, annotations, spec, tasks } = cron.spec.jobTemplate;
    const { namespace, name, uid: owner } = cron.metadata;
    const meta: StoredMeta = {
      ...{ namespace, name: `${name}-${uid.slice(-6).toLowerCase()}` },
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ownerReference: { kind: 'CronJob', name, uid: owner },
    };
    const id = await submitOnce(caller, response, {
      ...{ uid, meta, spec, tasks, ...quotasIn(options, namespace) },
      ...idempotencyOf(key, identity, { route: `trigger/${owner}`, namespace }, {}),
    });
    const job = await jobs.getJob(id);
    if (job === undefined) throw notFound('The job was removed again. Trigger another one.');
    const location = `/v1/namespaces/${namespace}/jobs/${job.metadata.name}`;
    response.status(201).set('Location', location).json(jobResource(job));
  };
}

/** `GET …/events`: what was decided about its ticks, oldest first. */
export const cronEvents: Handler = async (request, response, { crons }) => {
  const { metadata } = await required(crons, request);
  const entries = await crons.readCronEvents(metadata.uid, '', 1000);
  const items = entries.map(({ at, ...entry }) => ({ ...entry, at: new Date(at).toISOString() }));
  response.set('Cache-Control', 'no-store').json({ items });
};

function namesOf({ params }: Request): { namespace: string; name: string } {
  return { namespace: objectName(params['namespace']), name: objectName(params['name']) };
}

async function required(crons: CronJobStore, request: Request): Promise<CronJob> {
  const { namespace, name } = namesOf(request);
  const uid = await crons.findCronJob(namespace, name);
  const record = uid === undefined ? undefined : await crons.getCronJob(uid);
  if (record !== undefined) return record.cron;
  throw notFound(`There is no cron job "${name}" in namespace "${namespace}". Check both names.`);
}

function sendCron(response: Response, cron: CronJob, now: number): void {
  response
    .set('Cache-Control', 'no-store')
    .set('ETag', `"${cron.metadata.resourceVersion}"`)
    .json(cronResource(cron, now));
}
