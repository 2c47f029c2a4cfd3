import { ApiError } from '../api-error.ts';
import type { Client } from '../client.ts';
import type { Context } from '../context.ts';
import { JOB_COLUMNS } from '../output/columns.ts';
import { untilText } from '../output/duration.ts';
import { cronJobPath, jobPath } from '../path.ts';
import type { CronJob, Job } from '../resources.ts';
import { identity, rows, specLines } from './describe-job.ts';
import { fieldLines, section } from './describe-text.ts';

/** What a person wants to know of a cron job: when it runs, and what runs now. */
export async function describeCronJob(
  context: Context,
  namespace: string,
  name: string,
): Promise<string[]> {
  const client = await context.client();
  const cronJob = await client.get<CronJob>(cronJobPath(namespace, name));
  const { jobTemplate, ...spec } = cronJob.spec;
  const active = cronJob.status.active.map((job) => jobOrNothing(client, namespace, job.name));
  const jobs = (await Promise.all(active)).flatMap((job) => job ?? []);
  return [
    ...fieldLines([...identity(context, cronJob.metadata), ...times(context, cronJob)]),
    ...section('Spec', specLines(spec)),
    ...section('Job template', specLines(jobTemplate.spec)),
    ...section('Active jobs', await rows(context, JOB_COLUMNS, jobs)),
  ];
}

/** A job may be removed while we look. */
function jobOrNothing(client: Client, namespace: string, name: string): Promise<Job | undefined> {
  return client.get<Job>(jobPath(namespace, name)).catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  });
}

function times(context: Context, { status }: CronJob): [string, string | undefined][] {
  const next = status.nextScheduleTime;
  const ahead = untilText(next, context.io.clock.now());
  return [
    ['Last schedule', status.lastScheduleTime ?? '<none>'],
    ['Last successful', status.lastSuccessfulTime ?? '<none>'],
    ['Next schedule', next === undefined ? '<none>' : `${next} (in ${ahead})`],
  ];
}
