import type { Request } from 'express';
import type { CronJob } from '../../apis/index.ts';
import type { CronJobStore, ObjectChange } from '../../store/ports.ts';
import type { Handler } from '../access/caller.ts';
import { cronResource } from '../cron-resource.ts';
import { continueOf, flagOf, optionalNumber } from '../query.ts';
import { objectName } from '../resolve.ts';
import { cronFieldSelector, labelSelector } from '../selectors.ts';
import { type Watched, type WatchOptions, watchObjects } from './watch-objects.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

/** `GET` of cron jobs, of one namespace or of all: a page of them, or with `watch=true` their changes. */
export function listCrons(options: WatchOptions): Handler {
  return async (request, response, { crons, changes }) => {
    const watched = watchedCrons(crons, options, request);
    if (flagOf(request, 'watch')) {
      await watchObjects({ ...options, changes }, watched, request, response);
      return;
    }
    const limit = optionalNumber(request, 'limit', [1, MAX_LIMIT], DEFAULT_LIMIT);
    const after = continueOf(request);
    const resourceVersion = String(await changes.version());
    const { items, next } = await watched.list({ after, limit });
    response.set('Cache-Control', 'no-store').json({
      apiVersion: 'swarmer/v1',
      kind: 'CronJobList',
      metadata: { resourceVersion, ...(next === undefined ? {} : { continue: next }) },
      items: items.map(watched.resource),
    });
  };
}

function watchedCrons(
  crons: CronJobStore,
  { clock }: WatchOptions,
  request: Request,
): Watched<CronJob> {
  const labels = labelSelector(request.query['labelSelector']);
  const fields = cronFieldSelector(request.query['fieldSelector']);
  const given = request.params['namespace'];
  const namespace = given === undefined ? {} : { namespace: objectName(given) };
  const matches = (cron: CronJob) => labels(cron.metadata) && fields(cron);
  return {
    kind: 'CronJob',
    ...namespace,
    async list(page) {
      const { crons: found, next } = await crons.listCronJobs({ ...page, ...namespace });
      const items = found.filter(matches);
      return next === undefined ? { items } : { items, next };
    },
    read: async (uid) => (await crons.getCronJob(uid))?.cron,
    asItWas,
    matches,
    resource: (cron) => cronResource(cron, clock.now()),
  };
}

function asItWas({ uid, meta, version }: ObjectChange, now: CronJob | undefined): CronJob {
  const known = now ?? gone(uid);
  return { ...known, metadata: { ...known.metadata, ...meta, resourceVersion: version } };
}

/** Of a cron job that is gone only its metadata is known. */
function gone(uid: string): CronJob {
  const job = { image: '', backoffLimit: 0, lossLimit: 0, outputLimitBytes: 0 };
  return {
    metadata: {
      ...{ namespace: '', name: '', uid, creationTimestamp: 0, resourceVersion: 0 },
    },
    spec: {
      ...{ schedule: '@yearly', timeZone: 'UTC', concurrencyPolicy: 'Allow', suspend: true },
      ...{ successfulJobsHistoryLimit: 0, failedJobsHistoryLimit: 0 },
      jobTemplate: { spec: job, tasks: [] },
    },
    status: { active: [] },
  };
}
