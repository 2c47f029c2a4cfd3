import { msToDeadline } from '../../apis/index.ts';
import type { Client } from '../client.ts';
import type { Context } from '../context.ts';
import type { Column } from '../output/column.ts';
import { EVENT_COLUMNS, jobDuration, jobPhase, TASK_COLUMNS } from '../output/columns.ts';
import { ageText, durationText } from '../output/duration.ts';
import { Table } from '../output/table.ts';
import { jobPath } from '../path.ts';
import type { Condition, Counts, Job, List, Metadata, Task } from '../resources.ts';
import { lastEvents } from '../timeline.ts';
import { attemptLines } from './describe-attempts.ts';
import { fieldLines, mapText, section, valueText } from './describe-text.ts';

const FAILING_PHASES = ['Failed', 'Rejected', 'Lost', 'TimedOut'] as const;
/** Of these, tasks that wait for another attempt, or that did when the job ended. */
const UNTRIED_PHASES = ['Pending', 'Cancelled'] as const;
const FAILING_SHOWN = 10;
const EVENTS_SHOWN = 15;

const CONDITION_COLUMNS: readonly Column<Condition>[] = [
  { header: 'TYPE', value: ({ type }) => type },
  { header: 'STATUS', value: ({ status }) => status },
  { header: 'REASON', value: ({ reason }) => reason ?? '' },
  { header: 'AGE', value: ({ lastTransitionTime }, now) => ageText(lastTransitionTime, now) },
  { header: 'MESSAGE', value: ({ message }) => message ?? '' },
];

/** What a person wants to know of a job, failures first. */
export async function describeJob(
  context: Context,
  namespace: string,
  name: string,
): Promise<string[]> {
  const client = await context.client();
  const job = await client.get<Job>(jobPath(namespace, name));
  const [failing, events] = await Promise.all([
    failingTasks(client, namespace, name),
    lastEvents(client, namespace, name, EVENTS_SHOWN),
  ]);
  const wide = { wide: true };
  const attempts = await attemptLines(context, client, { namespace, job: name }, failing);
  return [
    ...fieldLines([...identity(context, job.metadata), ...progress(context, job)]),
    ...section('Spec', specLines(job.spec)),
    ...section('Conditions', await rows(context, CONDITION_COLUMNS, job.status.conditions)),
    ...section('Failing tasks', await rows(context, TASK_COLUMNS, failing, wide)),
    ...(attempts.length === 0 ? [] : section('Attempts', attempts)),
    ...section('Events', await rows(context, EVENT_COLUMNS, events)),
  ];
}

/** Name, labels and the like of any object. */
export function identity(context: Context, metadata: Metadata): [string, string | undefined][] {
  const { ownerReference: owner, creationTimestamp: created } = metadata;
  return [
    ['Name', metadata.name],
    ['Namespace', metadata.namespace],
    ['UID', metadata.uid],
    ['Labels', mapText(metadata.labels)],
    ['Annotations', mapText(metadata.annotations)],
    ['Made by', owner === undefined ? undefined : `${owner.kind}/${owner.name}`],
    ['Created', `${created} (${ageText(created, context.io.clock.now())} ago)`],
  ];
}

/** The members of a spec; lists of tasks are counted, not shown. */
export function specLines(spec: Record<string, unknown>): string[] {
  return fieldLines(
    Object.entries(spec).map(([name, value]) =>
      name === 'tasks' && Array.isArray(value)
        ? [name, `${value.length} listed`]
        : [name, valueText(value)],
    ),
  );
}

/** A table as lines; none when there are no rows. */
export async function rows<T>(
  context: Context,
  columns: readonly Column<T>[],
  items: readonly T[],
  options = {},
): Promise<string[]> {
  return items.length === 0 ? [] : new Table(context, columns, options).lines(items);
}

function progress(context: Context, job: Job): [string, string | undefined][] {
  const { status } = job;
  return [
    ['Phase', jobPhase(job)],
    ['Ending', status.ending && `${status.ending.phase}: ${status.ending.message}`],
    ['Waits for', status.predecessor && `the end of ${status.predecessor}, which had its name`],
    ['Started', status.startTime],
    ['Finished', status.finishedAt],
    ['Duration', jobDuration(job, context.io.clock.now())],
    ['Deadline', deadlineText(job, context.io.clock.now())],
    ['Runs', status.image?.pinned ? status.image.reference : undefined],
    ['Tasks', countsText(status.counts)],
  ];
}

/** What is left of the deadline of a job that goes on; undefined when it has none. */
function deadlineText({ spec, status }: Job, now: number): string | undefined {
  const seconds = spec['activeDeadlineSeconds'];
  if (typeof seconds !== 'number' || status.phase !== 'Running') return undefined;
  const { startTime, suspendedAt, suspendedMs } = status;
  const clock = { startTime: msOf(startTime), suspendedAt: msOf(suspendedAt), suspendedMs };
  const left = durationText(msToDeadline(seconds, clock, now) ?? seconds * 1000);
  return spec['suspend'] === true ? `${left} left: it stands while suspended` : `${left} left`;
}

function msOf(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time);
}

function countsText({ total, ...counts }: Counts): string {
  const parts = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
  return `${total} (${parts.join(', ')})`;
}

async function failingTasks(client: Client, namespace: string, job: string): Promise<Task[]> {
  const lists = await Promise.all(
    [...FAILING_PHASES, ...UNTRIED_PHASES].map((phase) =>
      client.get<List<Task>>(jobPath(namespace, job, ['tasks'], { phase, limit: FAILING_SHOWN })),
    ),
  );
  const all = lists.flatMap(({ items }) => items).filter(hasFailed);
  return all.sort((a, b) => a.index - b.index).slice(0, FAILING_SHOWN);
}

function hasFailed({ phase, attempts, reason }: Task): boolean {
  if (!UNTRIED_PHASES.some((untried) => untried === phase)) return true;
  return attempts > 0 && reason !== undefined && reason !== 'CancelRequested';
}
