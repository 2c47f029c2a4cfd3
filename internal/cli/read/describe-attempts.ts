import { ApiError } from '../api-error.ts';
import type { Client } from '../client.ts';
import type { Context } from '../context.ts';
import { readAttempts } from '../follow/attempts.ts';
import type { Column } from '../output/column.ts';
import { phaseStyle } from '../output/columns.ts';
import { betweenText } from '../output/duration.ts';
import { Table } from '../output/table.ts';
import type { Attempt, Task, TaskWithAttempts } from '../resources.ts';

interface Row extends Attempt {
  task: string;
}

const ATTEMPT_COLUMNS: readonly Column<Row>[] = [
  { header: 'TASK', value: ({ task }) => task },
  { header: 'ATTEMPT', value: ({ attempt }) => String(attempt) },
  { header: 'PHASE', value: ({ phase }) => phase, style: ({ phase }) => phaseStyle(phase) },
  { header: 'EXIT', value: ({ exitStatus }) => (exitStatus === null ? '' : String(exitStatus)) },
  {
    header: 'DURATION',
    value: ({ startedAt, finishedAt }, now) => betweenText(startedAt, finishedAt, now),
  },
  { header: 'NODE', value: ({ node }) => node ?? '' },
  { header: 'REASON', value: ({ reason }) => reason ?? '' },
  { header: 'OUTPUT', value: outputText },
  { header: 'MESSAGE', value: ({ message }) => message ?? '' },
];

/** The attempts of those tasks that had more than one, or wait for another, as a table. */
export async function attemptLines(
  context: Context,
  client: Client,
  of: { namespace: string; job: string },
  tasks: readonly Task[],
): Promise<string[]> {
  const several = tasks.filter(({ attempts }) => attempts > 1);
  const read = await Promise.all(
    several.map(({ name }) => readThere(client, { ...of, task: name })),
  );
  const rows = read.flatMap((task) => (task === undefined ? [] : rowsOf(task)));
  return rows.length === 0 ? [] : new Table(context, ATTEMPT_COLUMNS, {}).lines(rows);
}

/** Undefined when the task was removed meanwhile, or the server is too old to know. */
async function readThere(
  client: Client,
  ref: { namespace: string; job: string; task: string },
): Promise<TaskWithAttempts | undefined> {
  try {
    return await readAttempts(client, ref);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

function rowsOf({ name, attemptHistory }: TaskWithAttempts): Row[] {
  return attemptHistory.map((attempt) => ({ ...attempt, task: name }));
}

function outputText({ output, dropped }: Attempt): string {
  if (output === undefined) return '';
  if (dropped) return 'dropped';
  if (output.log === 'unavailable') return output.log;
  const bytes = `${output.stdout.bytes + output.stderr.bytes} B`;
  return output.log === 'partial' ? `${bytes}, partial` : bytes;
}
