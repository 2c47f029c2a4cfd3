import type { Request } from 'express';
import type { Job } from '../../apis/index.ts';
import { SharedReads } from '../../store/shared-reads.ts';
import type { Handler } from '../access/caller.ts';
import { jobResource } from '../job-resource.ts';
import { continueOf, flagOf, optionalNumber } from '../query.ts';
import { objectName } from '../resolve.ts';
import { jobFieldSelector, labelSelector } from '../selectors.ts';
import { type JobSelection, select } from './select-jobs.ts';
import { watchedJobs } from './watch-jobs.ts';
import { type WatchOptions, watchObjects } from './watch-objects.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

/** `GET` of jobs, of one namespace or of all: a page of them, or with `watch=true` their changes. */
export function listJobs(options: WatchOptions): Handler {
  const reads = new SharedReads<Job | undefined>();
  return async (request, response, caller) => {
    const { catalog, changes } = caller;
    const selection = selectionOf(request);
    if (flagOf(request, 'watch')) {
      const watched = watchedJobs(caller, selection, reads);
      await watchObjects({ ...options, changes }, watched, request, response);
      return;
    }
    const limit = optionalNumber(request, 'limit', [1, MAX_LIMIT], DEFAULT_LIMIT);
    const after = continueOf(request);
    // Read first: whoever watches from this version on misses nothing.
    const resourceVersion = String(await changes.version());
    const { jobs, next } = await select(catalog, selection, { after, limit });
    response.set('Cache-Control', 'no-store').json({
      apiVersion: 'swarmer/v1',
      kind: 'JobList',
      metadata: { resourceVersion, ...(next === undefined ? {} : { continue: next }) },
      items: jobs.map((job) => jobResource(job)),
    });
  };
}

function selectionOf(request: Request): JobSelection {
  const { namespace } = request.params;
  const labels = labelSelector(request.query['labelSelector']);
  const fields = jobFieldSelector(request.query['fieldSelector']);
  return {
    ...(namespace === undefined ? {} : { namespace: objectName(namespace) }),
    matches: (job) => labels(job.metadata) && fields(job),
  };
}
