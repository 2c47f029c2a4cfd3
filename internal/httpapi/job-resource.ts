import type { Answer } from '../apis/answers/index.ts';
import type { Condition, Job, JobSpec, JobStatus, TaskSpec } from '../apis/index.ts';

/** A job as `/v1` shows it. @param tasks those that are listed, where they were asked for. */
export function jobResource({ metadata, spec, status }: Job, tasks?: TaskSpec[]): Answer<'Job'> {
  return {
    apiVersion: 'swarmer/v1',
    kind: 'Job',
    metadata: metadataResource(metadata),
    spec: specResource(spec, tasks),
    status: {
      ...statusResource(status),
      ...(spec.cancel ? { cancelRequested: true } : {}),
    },
  };
}

/** What all objects have in common on the wire: versions are texts there, and times ISO 8601. */
export function metadataResource({
  resourceVersion,
  creationTimestamp,
  deletionTimestamp,
  ...rest
}: Omit<Job['metadata'], 'generation'> & { generation?: number }): Answer<'ObjectMetadata'> {
  const { generation: _, ...shown } = rest;
  return {
    ...shown,
    resourceVersion: String(resourceVersion),
    creationTimestamp: isoTime(creationTimestamp),
    ...(deletionTimestamp === undefined ? {} : { deletionTimestamp: isoTime(deletionTimestamp) }),
  };
}

/** `cancel` is asked for by a verb and shown by the status: it is no field of a manifest. */
function specResource(
  { cancel: _, ...spec }: JobSpec,
  tasks: TaskSpec[] | undefined,
): Answer<'Job'>['spec'] {
  return tasks === undefined || spec.completions !== undefined ? spec : { ...spec, tasks };
}

function statusResource(status: JobStatus): Answer<'JobStatus'> {
  const { finishedAt, startTime, suspendedAt, conditions, ...rest } = status;
  return {
    ...rest,
    conditions: conditions.map(conditionResource),
    ...(startTime === undefined ? {} : { startTime: isoTime(startTime) }),
    ...(suspendedAt === undefined ? {} : { suspendedAt: isoTime(suspendedAt) }),
    ...(finishedAt === undefined ? {} : { finishedAt: isoTime(finishedAt) }),
  };
}

function conditionResource(condition: Condition): Answer<'JobStatus'>['conditions'][number] {
  return { ...condition, lastTransitionTime: isoTime(condition.lastTransitionTime) };
}

/** @param ms Unix time. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
