import type { Delivery } from '../support/receiver.ts';
import type { TaskResultBody } from '../support/result-body.ts';
import type { AcceptedJob } from './ledger.ts';
import type { ChaosTask } from './tasks.ts';

const SHOWN_CHARS = 700;

interface Allowance {
  /** The job met a fault that can take a log with it: then it must be flagged, and may be absent. */
  outputMayBeLost: boolean;
  /** Whether the process of a task was killed from outside. */
  wasHit: (index: number) => boolean;
}

/** Of a process that was killed. */
export const KILLED = 137;

/** What is wrong with the callbacks of a job: their number of bodies, or what they say. */
export function bodyViolations(
  job: AcceptedJob,
  deliveries: readonly Delivery[],
  allowance: Allowance,
): string[] {
  const [first] = deliveries;
  if (first === undefined) return [`job ${job.key} (${job.uid}) has no callback`];
  const ids = new Set(deliveries.map(({ headers }) => headers['webhook-id']));
  const texts = new Set(deliveries.map(({ text }) => text));
  const wrong: string[] = [];
  if (ids.size !== 1) wrong.push(`its callbacks have the webhook-ids ${[...ids].join(', ')}`);
  if (texts.size !== 1) wrong.push(`its callbacks have ${texts.size} different bodies`);
  const { body } = first;
  if (body.__job_id !== job.uid) wrong.push(`its callback is that of job ${body.__job_id}`);
  const failed = job.tasks.some(
    ({ expected }, index) =>
      expected.status !== 0 || (allowance.wasHit(index) && body.tasks[index]?.status === KILLED),
  );
  const phase = failed ? 'Failed' : 'Complete';
  if (body.__phase !== phase) wrong.push(`its phase is ${body.__phase} and should be ${phase}`);
  job.tasks.forEach((task, index) => {
    const wasHit = allowance.wasHit(index);
    wrong.push(...taskViolations(task, body.tasks[index], { ...allowance, wasHit }));
  });
  return wrong.map((text) => `job ${job.key} (${job.uid}): ${text}`);
}

function taskViolations(
  task: ChaosTask,
  found: TaskResultBody | undefined,
  { outputMayBeLost, wasHit }: { outputMayBeLost: boolean; wasHit: boolean },
): string[] {
  if (found === undefined || found.name !== task.name) return [`task ${task.name} is missing`];
  const { status, result, reason, message, attempts } = found;
  const { expected, args } = task;
  const seen = { status, stdout: result.stdout, stderr: result.stderr };
  const context = `attempts ${attempts}, reason ${reason}, message ${message}, log ${result.log}, ${result.log_reason}; ran ${args.join(' ')}`;
  const told = `says ${JSON.stringify(seen)} and did ${JSON.stringify(expected)} (${context})`;
  const lost = outputMayBeLost && result.log === 'unavailable' && result.log_reason !== undefined;
  const wasKilled = wasHit && status === KILLED;
  const statusHolds = status === expected.status || wasKilled;
  // The log went with the container, whatever was written; of another node it may look as an empty one.
  const holds = (found: string | null, whole: string) =>
    found === whole || (wasHit && (found === null || found === ''));
  const outputHolds =
    holds(result.stdout, expected.stdout) && holds(result.stderr, expected.stderr);
  return statusHolds && (outputHolds || lost)
    ? []
    : [`task ${task.name} ${told.slice(0, SHOWN_CHARS)}`];
}
