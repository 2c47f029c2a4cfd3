import type { Callback, Caller, Cluster, CronJob, Job, Task, TimelineEvent } from '../resources.ts';
import type { Column } from './column.ts';
import { ageText, betweenText, untilText } from './duration.ts';
import type { Style } from './style.ts';

const PHASE_STYLES: Readonly<Record<string, Style>> = {
  Running: 'cyan',
  Active: 'cyan',
  Complete: 'green',
  Succeeded: 'green',
  Failed: 'red',
  Rejected: 'red',
  Lost: 'red',
  TimedOut: 'red',
  Cancelled: 'yellow',
  Suspended: 'yellow',
};

/** Colour of a phase of a job or a task. */
export function phaseStyle(phase: string): Style | undefined {
  return PHASE_STYLES[phase];
}

/** The phase, as it is shown: a job that runs may be suspended. */
export function jobPhase({ spec, status }: Job): string {
  return status.phase === 'Running' && spec.suspend === true ? 'Suspended' : status.phase;
}

/** Labels as selectors write them. */
function labelsText(labels: Record<string, string> | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? '<none>' : pairs.join(',');
}

const NAMESPACE: Column<Job | CronJob> = {
  header: 'NAMESPACE',
  value: ({ metadata }) => metadata.namespace,
  allNamespaces: true,
};
const NAME: Column<Job | CronJob> = { header: 'NAME', value: ({ metadata }) => metadata.name };
const AGE: Column<Job | CronJob> = {
  header: 'AGE',
  value: ({ metadata }, now) => ageText(metadata.creationTimestamp, now),
};
const LABELS: Column<Job | CronJob> = {
  header: 'LABELS',
  value: ({ metadata }) => labelsText(metadata.labels),
  wide: true,
};

export const JOB_COLUMNS: readonly Column<Job>[] = [
  NAMESPACE,
  NAME,
  { header: 'PHASE', value: jobPhase, style: (job) => phaseStyle(jobPhase(job)) },
  {
    header: 'COMPLETIONS',
    value: ({ status: { counts } }) => `${counts.succeeded}/${counts.total}`,
  },
  { header: 'ACTIVE', value: ({ status }) => String(status.counts.active) },
  {
    header: 'FAILED',
    value: ({ status }) => String(status.counts.failed),
    style: ({ status }) => (status.counts.failed > 0 ? 'red' : undefined),
  },
  { header: 'DURATION', value: jobDuration },
  AGE,
  { header: 'PENDING', value: ({ status }) => String(status.counts.pending), wide: true },
  { header: 'CANCELLED', value: ({ status }) => String(status.counts.cancelled), wide: true },
  { header: 'IMAGE', value: ({ spec }) => spec.image, wide: true },
  LABELS,
];

/** From the start, where that is known, to the end or now. */
export function jobDuration({ metadata, status }: Job, now: number): string {
  return betweenText(status.startTime ?? metadata.creationTimestamp, status.finishedAt, now);
}

export const CRON_JOB_COLUMNS: readonly Column<CronJob>[] = [
  NAMESPACE,
  NAME,
  { header: 'SCHEDULE', value: ({ spec }) => spec.schedule },
  { header: 'TIMEZONE', value: ({ spec }) => spec.timeZone },
  { header: 'SUSPEND', value: ({ spec }) => (spec.suspend === true ? 'True' : 'False') },
  { header: 'ACTIVE', value: ({ status }) => String(status.active.length) },
  {
    header: 'LAST',
    value: ({ status }, now) => ageText(status.lastScheduleTime, now),
  },
  { header: 'NEXT', value: ({ status }, now) => untilText(status.nextScheduleTime, now) },
  AGE,
  {
    header: 'CONCURRENCY',
    value: ({ spec }) => spec.concurrencyPolicy,
    wide: true,
  },
  LABELS,
];

export const TASK_COLUMNS: readonly Column<Task>[] = [
  { header: 'INDEX', value: ({ index }) => String(index) },
  { header: 'NAME', value: ({ name }) => name },
  { header: 'PHASE', value: ({ phase }) => phase, style: ({ phase }) => phaseStyle(phase) },
  { header: 'ATTEMPTS', value: ({ attempts }) => String(attempts) },
  { header: 'EXIT', value: ({ exitStatus }) => shown(exitStatus) },
  {
    header: 'DURATION',
    value: ({ startedAt, finishedAt }, now) => betweenText(startedAt, finishedAt, now),
  },
  { header: 'NODE', value: ({ node }) => node ?? '' },
  { header: 'REASON', value: ({ reason }) => reason ?? '' },
  { header: 'LOSSES', value: ({ losses }) => String(losses), wide: true },
  { header: 'STARTED', value: ({ startedAt }) => startedAt ?? '', wide: true },
  { header: 'MESSAGE', value: ({ message }) => message ?? '', wide: true },
];

export const EVENT_COLUMNS: readonly Column<TimelineEvent>[] = [
  { header: 'AGE', value: ({ at }, now) => ageText(at, now) },
  { header: 'TYPE', value: ({ type }) => type },
  { header: 'TASK', value: ({ index }) => shown(index) },
  { header: 'ATTEMPT', value: ({ attempt }) => shown(attempt) },
  { header: 'REASON', value: ({ reason }) => reason ?? '' },
  { header: 'MESSAGE', value: ({ message }) => message ?? '' },
  { header: 'NODE', value: ({ node }) => node ?? '', wide: true },
  { header: 'STATUS', value: ({ status }) => shown(status), wide: true },
  { header: 'TIME', value: ({ at }) => at, wide: true },
  { header: 'ID', value: ({ id }) => id, wide: true },
];

type Node = Cluster['nodes'][number];

export const NODE_COLUMNS: readonly Column<Node>[] = [
  { header: 'NAME', value: ({ hostname }) => hostname },
  {
    header: 'STATE',
    value: ({ state }) => state,
    style: ({ state }) => (state === 'ready' ? 'green' : 'red'),
  },
  { header: 'AVAILABILITY', value: nodeAvailability },
  { header: 'ACTIVE', value: ({ active }) => String(active) },
  { header: 'ID', value: ({ id }) => id, wide: true },
  { header: 'PLATFORM', value: ({ platform }) => platform ?? '', wide: true },
  {
    header: 'RESOURCES',
    value: ({ genericResources = {} }) =>
      Object.entries(genericResources)
        .map(([kind, count]) => `${kind}=${count}`)
        .join(','),
    wide: true,
  },
];

export const CALLER_COLUMNS: readonly Column<Caller>[] = [
  { header: 'NAME', value: ({ name }) => name },
  { header: 'ROLE', value: ({ role }) => role },
  { header: 'NAMESPACES', value: ({ namespaces }) => namespaces.join(',') },
];

/** With what is wanted of the node and not yet so. */
function nodeAvailability({ availability, wish }: Node): string {
  if (wish === undefined) return availability;
  return `${availability},${wish === 'drain' ? 'draining' : 'resuming'}`;
}

const CALLBACK_STYLES: Readonly<Record<string, Style>> = { delivered: 'green', dead: 'red' };

export const CALLBACK_COLUMNS: readonly Column<Callback>[] = [
  { header: 'NAMESPACE', value: ({ namespace }) => namespace },
  { header: 'JOB', value: ({ name }) => name },
  { header: 'STATE', value: ({ state }) => state, style: ({ state }) => CALLBACK_STYLES[state] },
  { header: 'ATTEMPTS', value: ({ attempts }) => String(attempts) },
  { header: 'STATUS', value: ({ lastStatus }) => shown(lastStatus) },
  { header: 'URL', value: ({ url }) => url },
  { header: 'ERROR', value: ({ lastError }) => lastError ?? '' },
  { header: 'UID', value: ({ uid }) => uid, wide: true },
];

function shown(value: number | null | undefined): string {
  return value === undefined || value === null ? '' : String(value);
}
