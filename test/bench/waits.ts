import { setImmediate } from 'node:timers/promises';
import type { TimelineEntry } from '../../internal/apis/index.ts';
import { timelineEntry } from '../../internal/store/events.ts';
import type { Installation } from './installation.ts';

const AT_ONE_TIME = 500;

/** Of each job, ms from its acceptance to the creation of its first service; of those that have one. */
export async function firstWaits(at: Installation, uids: readonly string[]): Promise<number[]> {
  const waits: number[] = [];
  for (let from = 0; from < uids.length; from += AT_ONE_TIME) {
    const some = uids.slice(from, from + AT_ONE_TIME);
    const timelines = await Promise.all(some.map((uid) => timeline(at, uid)));
    for (const entries of timelines) {
      const [accepted, created] = (['Accepted', 'Created'] as const).map(
        (type) => entries.find((entry) => entry.type === type)?.at,
      );
      if (accepted !== undefined && created !== undefined) waits.push(created - accepted);
    }
    await setImmediate();
  }
  return waits;
}

async function timeline(at: Installation, uid: string): Promise<TimelineEntry[]> {
  const entries = await at.db.xrange(at.keysOf(uid).events, '-', '+', 'COUNT', 20);
  return entries.map(timelineEntry);
}

/**
 * How often a task was claimed of a job while jobs of a higher priority had more to start than there are
 * slots: so many may have their slot and be about to claim. By the log of changes, in which each claim moves
 * the cursor of its job.
 * @param jobs all of them, with their tasks and priorities; accepted before the first claim.
 */
export async function outOfOrder(
  at: Installation,
  jobs: ReadonlyMap<string, { tasks: number; priority: number }>,
  slots: number,
): Promise<{ claims: number; wrong: number }> {
  const left = new Map<number, number>();
  for (const { tasks, priority } of jobs.values()) {
    left.set(priority, (left.get(priority) ?? 0) + tasks);
  }
  const cursors = new Map<string, number>();
  let [claims, wrong] = [0, 0];
  for (const [, fields] of await at.db.xrange('swarmer:watch', '-', '+')) {
    const uid = fields[fields.indexOf('uid') + 1] ?? '';
    const job = jobs.get(uid);
    const cursor = Number(fields[fields.indexOf('cursor') + 1]);
    const claimed = cursor - (cursors.get(uid) ?? 0);
    if (job === undefined || claimed <= 0) continue;
    cursors.set(uid, cursor);
    claims += claimed;
    const higher = [...left].filter(([priority]) => priority > job.priority);
    if (higher.reduce((sum, [, tasks]) => sum + tasks, 0) >= slots) wrong += claimed;
    left.set(job.priority, (left.get(job.priority) ?? 0) - claimed);
  }
  return { claims, wrong };
}
