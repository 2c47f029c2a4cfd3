import type { JobSpec } from '../apis/index.ts';
import type { AttemptView, Snapshot } from './snapshot.ts';

/** From SIGTERM to SIGKILL where the job does not say, in s: the engine's own default. */
const DEFAULT_GRACE_SECONDS = 10;
/** How much longer than its grace the end of a container is waited for, in s. */
const STUCK_AFTER_SECONDS = 60;
/** When to look again where the last look is too old to give a container up, in ms. */
const STALE_RETRY_MS = 200;

/**
 * How long the end of an attempt's container is still waited for, in ms; 0 when it is gone, or has been
 * waited for long enough. An engine keeps some containers, and some records of tasks, for ever (moby
 * #35908, #36527, #42215): they must not keep their job from its end.
 */
export function goneLeftMs(
  { job: { spec }, now, staleLook }: Pick<Snapshot, 'job' | 'now' | 'staleLook'>,
  { record, gone }: AttemptView,
): number {
  if (gone) return 0;
  if (record.removedAt === undefined) return Number.POSITIVE_INFINITY;
  const left = Math.max(0, record.removedAt + boundSeconds(spec) * 1000 - now);
  return left === 0 && staleLook ? STALE_RETRY_MS : left;
}

/** What is told of a container that was left behind. */
export function stuckMessage(spec: JobSpec): string {
  return `ContainerStuck: its container was not gone ${boundSeconds(spec)} s after its service was removed`;
}

/** When its container ended, by the swarm's own word (Unix ms). */
export function containerEndedAt({ evidence }: AttemptView): number | undefined {
  return 'trace' in evidence ? evidence.trace.finishedAt : undefined;
}

/** From SIGTERM to SIGKILL, in s. */
export function graceSeconds({ terminationGracePeriodSeconds: seconds }: JobSpec): number {
  return seconds ?? DEFAULT_GRACE_SECONDS;
}

function boundSeconds(spec: JobSpec): number {
  return graceSeconds(spec) + STUCK_AFTER_SECONDS;
}
