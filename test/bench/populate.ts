import { pino } from 'pino';
import { ulid } from 'ulid';
import type { Settlement } from '../../internal/apis/index.ts';
import { systemClock } from '../../internal/clock/clock.ts';
import { connectRedis, openStores } from '../../internal/store/index.ts';
import type { Installation } from './installation.ts';

const AT_ONE_TIME = 200;
const SPEC = { image: 'busybox', backoffLimit: 0, lossLimit: 10, outputLimitBytes: 1024 };
const NOTHING = { bytes: 0, truncated: false };
const SUCCEEDED: Settlement = {
  kind: 'final',
  succeeded: true,
  result: {
    verdict: { outcome: 'Succeeded', exitStatus: 0, source: 'service' },
    output: { stdout: NOTHING, stderr: NOTHING, log: { state: 'complete' } },
    attempts: 1,
    losses: 0,
  },
};

/** Leaves so many finished jobs of one task behind, by the transitions that a controller makes. */
export async function populate(at: Installation, count: number): Promise<void> {
  const target = { kind: 'unix', path: at.redis.socketPath } as const;
  const log = pino({ level: 'silent' });
  const redis = connectRedis(target, log, { enableAutoPipelining: true });
  await redis.connect();
  const { jobs, controller, lease } = openStores(redis, systemClock);
  const fence = await lease.acquireLease('populate', await lease.readLease());
  if (fence === undefined) throw new Error('somebody leads already');
  const make = async () => {
    const uid = await jobs.submitJob({
      ...{ uid: ulid(), spec: SPEC, tasks: [{ name: 'only', args: [] }] },
    });
    const claim = { limit: 1, maxConcurrent: 2 * AT_ONE_TIME, now: systemClock.now() };
    for (const { index, record } of await controller.claimTasks(fence, uid, claim)) {
      await controller.settleAttempt(fence, uid, index, { from: record, settlement: SUCCEEDED });
    }
    await controller.completeJob(fence, uid, systemClock.now());
  };
  let begun = 0;
  const worker = async () => {
    while (begun++ < count) await make();
  };
  await Promise.all(Array.from({ length: AT_ONE_TIME }, worker));
  await lease.releaseLease('populate', fence);
  redis.disconnect();
}
