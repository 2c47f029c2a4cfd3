import { SUCCEEDED, type TestStore } from '../store/harness.ts';

/** What a task came to. */
export type End = 'succeeded' | 'failed' | 'cancelled';

const OUTCOMES = { succeeded: 'Succeeded', failed: 'Failed', cancelled: 'Cancelled' } as const;

/**
 * Makes a job of many tasks a finished one, of which `endOf` says what each came to; those of which it says nothing
 * were never tried. Written at once, as one by one would take minutes.
 */
export async function finishAtOnce(
  { redis, keys }: Pick<TestStore, 'redis' | 'keys'>,
  uid: string,
  total: number,
  endOf: (index: number) => End | undefined,
): Promise<void> {
  const { job, results, unsuccessful, waiting, progress } = keys.job(uid);
  const nothing = { bytes: 0, truncated: false };
  const output = { stdout: nothing, stderr: nothing, log: { state: 'complete' } };
  const counts = { succeeded: 0, failed: 0, cancelled: 0 };
  let cursor = 0;
  for (let from = 0; from < total; from += 1000) {
    const pipeline = redis.pipeline();
    for (let i = from; i < Math.min(total, from + 1000); i += 1) {
      const end = endOf(i);
      if (end === undefined) continue;
      cursor = i + 1;
      counts[end] += 1;
      const exitStatus = end === 'succeeded' ? 0 : 1;
      const verdict = { ...SUCCEEDED, outcome: OUTCOMES[end], exitStatus };
      pipeline.hset(results, i, JSON.stringify({ verdict, output, attempts: 1, losses: 0 }));
      if (end !== 'succeeded') pipeline.sadd(unsuccessful, i);
    }
    await pipeline.exec();
  }
  await redis.unlink(waiting, progress);
  await redis.hset(job, { ...counts, cursor, phase: 'Failed', finished: 1 });
  await redis.srem(keys.activeJobs, uid);
}
