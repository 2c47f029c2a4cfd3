import type { CronJob } from '../apis/index.ts';
import { nextTick } from '../cron/index.ts';
import { isoTime, metadataResource } from './job-resource.ts';

/** A cron job as `/v1` shows it. @param now Unix ms, from which its next time is told. */
export function cronResource({ metadata, spec, status }: CronJob, now: number): object {
  const { labels, annotations, spec: job, tasks } = spec.jobTemplate;
  const { lastScheduleTime, lastSuccessfulTime, active } = status;
  const next = spec.suspend ? undefined : nextTick(spec.schedule, spec.timeZone, now);
  const marks = { ...(labels && { labels }), ...(annotations && { annotations }) };
  return {
    apiVersion: 'swarmer/v1',
    kind: 'CronJob',
    metadata: metadataResource(metadata),
    spec: {
      ...spec,
      jobTemplate: {
        ...(Object.keys(marks).length === 0 ? {} : { metadata: marks }),
        spec: job.completions === undefined ? { ...job, tasks } : job,
      },
    },
    status: {
      ...(lastScheduleTime === undefined ? {} : { lastScheduleTime: isoTime(lastScheduleTime) }),
      ...(next === undefined ? {} : { nextScheduleTime: isoTime(next) }),
      ...(lastSuccessfulTime === undefined
        ? {}
        : { lastSuccessfulTime: isoTime(lastSuccessfulTime) }),
      active,
    },
  };
}
