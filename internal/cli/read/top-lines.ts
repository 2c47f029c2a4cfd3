import type { Context } from '../context.ts';
import type { Column } from '../output/column.ts';
import { jobDuration, NODE_COLUMNS } from '../output/columns.ts';
import { ageText } from '../output/duration.ts';
import { Table } from '../output/table.ts';
import type { Cluster, Job } from '../resources.ts';

/** What `top` shows, at one moment. */
export interface Reading {
  cluster: Cluster;
  /** Those that run. */
  jobs: Job[];
  /** Ms of the monotonic clock. */
  atMs: number;
}

/** @param before the reading before this one: rates are counted from it. */
export async function topLines(
  context: Context,
  reading: Reading,
  before: Reading | undefined,
  shown: number,
): Promise<string[]> {
  const { cluster, jobs } = reading;
  const { used, max } = cluster.slots;
  const told = ageText(cluster.updatedAt, context.io.clock.now());
  const busy = jobs.toSorted((a, b) => b.status.counts.active - a.status.counts.active);
  const columns = before === undefined ? COLUMNS : [...COLUMNS, rate(reading, before)];
  return [
    `Slots: ${used} of ${max} used${told === '<none>' ? '' : ` (${told} ago)`}`,
    `Jobs:  ${jobs.length} running`,
    '',
    ...(await new Table(context, NODE_COLUMNS).lines(cluster.nodes)),
    '',
    ...(await new Table(context, columns).lines(busy.slice(0, shown))),
  ];
}

const COLUMNS: readonly Column<Job>[] = [
  { header: 'NAMESPACE', value: ({ metadata }) => metadata.namespace },
  { header: 'JOB', value: ({ metadata }) => metadata.name },
  { header: 'ACTIVE', value: ({ status }) => String(status.counts.active) },
  { header: 'PENDING', value: ({ status }) => String(status.counts.pending) },
  { header: 'DONE', value: (job) => `${done(job)}/${job.status.counts.total}` },
  { header: 'FAILED', value: ({ status }) => String(status.counts.failed) },
  { header: 'DURATION', value: jobDuration },
];

function done({ status: { counts } }: Job): number {
  return counts.succeeded + counts.failed + counts.cancelled;
}

/** Tasks that ended per second since the reading before. */
function rate(reading: Reading, before: Reading): Column<Job> {
  const earlier = new Map(before.jobs.map((job) => [job.metadata.uid, done(job)]));
  const seconds = (reading.atMs - before.atMs) / 1000;
  return {
    header: 'RATE',
    value(job) {
      const then = earlier.get(job.metadata.uid);
      if (then === undefined || seconds <= 0) return '';
      return `${(Math.max(0, done(job) - then) / seconds).toFixed(1)}/s`;
    },
  };
}
