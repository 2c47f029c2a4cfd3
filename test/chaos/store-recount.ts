import type { Redis as Client } from 'ioredis';
import type { TaskResult } from '../../internal/apis/index.ts';
import type { AcceptedJob } from './ledger.ts';

/** One job as it lies in Redis, read apart from the code under test. */
export interface StoredJob {
  fields: Record<string, string>;
  /** Of the tasks in their order, those that have one. */
  results: (TaskResult & { index: number })[];
  /** What became of it, an event a line. */
  timeline: string[];
  /** Tasks that are current or wait: none, once the job has ended. */
  unsettled: number;
}

export interface StoreContents {
  /** By uid. */
  jobs: Map<string, StoredJob>;
  /** Uids of all jobs there are, accepted or not. */
  uids: string[];
  /** Attempts that the store counts as current. */
  slots: number;
  active: number;
}

const PREFIX = 'swarmer:';

/** Reads what Redis holds of the jobs. */
export async function readStore(client: Client, jobs: AcceptedJob[]): Promise<StoreContents> {
  const stored = new Map<string, StoredJob>();
  for (const { uid } of jobs) stored.set(uid, await readJob(client, `${PREFIX}job:${uid}`));
  const keys = await client.keys(`${PREFIX}job:*`);
  return {
    jobs: stored,
    uids: keys.flatMap((key) => /^swarmer:job:([^:]+)$/.exec(key)?.[1] ?? []),
    slots: Number((await client.get(`${PREFIX}slots`)) ?? 0),
    active: await client.scard(`${PREFIX}jobs:active`),
  };
}

async function readJob(client: Client, key: string): Promise<StoredJob> {
  const results = Object.entries(await client.hgetall(`${key}:results`));
  const sorted = results.sort(([a], [b]) => Number(a) - Number(b));
  return {
    fields: await client.hgetall(key),
    results: sorted.map(([index, text]) => ({
      ...(JSON.parse(text) as TaskResult),
      index: Number(index),
    })),
    timeline: (await client.xrange(`${key}:events`, '-', '+')).map(
      ([id, fields]) => `${new Date(Number(id.split('-')[0])).toISOString()} ${fields[1]}`,
    ),
    unsettled: (await client.hlen(`${key}:live`)) + (await client.zcard(`${key}:waiting`)),
  };
}

/** How many attempts of a task, or of all, came to nothing because their node could not start them. */
export function nodeFaultsOf({ timeline }: StoredJob, index?: number): number {
  const events = timeline.map((line) => JSON.parse(line.slice(line.indexOf('{'))) as TimelineEvent);
  return events.filter(
    (event) =>
      event.type === 'Lost' &&
      event.reason === 'NodeFault' &&
      (index === undefined || event.index === index),
  ).length;
}

interface TimelineEvent {
  type: string;
  index?: number;
  reason?: string;
}

/** What of a job's counts is not what its results come to. */
export function miscounts(job: AcceptedJob, { fields, results, unsettled }: StoredJob): string[] {
  const succeeded = results.filter(({ verdict }) => verdict.outcome === 'Succeeded').length;
  const total = job.tasks.length;
  const recount = {
    phase: succeeded === total ? 'Complete' : 'Failed',
    ...{ total, cursor: total, succeeded, failed: results.length - succeeded },
  };
  const wrong = Object.entries(recount).flatMap(([name, value]) =>
    fields[name] === String(value) ? [] : [`${name} is ${fields[name]} and recounts to ${value}`],
  );
  if (results.length !== total) wrong.push(`it has ${results.length} results for ${total} tasks`);
  if (unsettled > 0) wrong.push(`${unsettled} tasks are not settled`);
  return wrong.map((text) => `job ${job.key} (${job.uid}): ${text}`);
}
