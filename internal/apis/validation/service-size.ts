import type { JobSpec, TaskSpec } from '../job.ts';
import { LIMITS } from './rules.ts';

/** What a field of the engine's record takes beside its text: its tag and its length. */
const FIELD_BYTES = 5;
/** Names, ids, times and labels that every service has, and what Swarmer tells each task. */
const FIXED_BYTES = 4096;

/**
 * Tells about how many bytes of swarm's log the service of a task takes. Arguments count three times where
 * they fit into variables: the task is told of them in two, too.
 */
export function serviceSizes(job: JobSpec): (task: TaskSpec) => number {
  const { command, args: _, env, ...template } = job;
  const shared = FIXED_BYTES + bytesOf(template);
  const [jobCommand, jobEnv] = [bytesOf(command), bytesOf(env)];
  return (task) => {
    const texts = bytesOf(task.args);
    const told = texts <= LIMITS.argBytes ? 3 * texts : texts;
    const ownCommand = task.command === undefined ? jobCommand : bytesOf(task.command);
    const ownEnv = task.env === undefined ? jobEnv : bytesOf({ ...env, ...task.env });
    return shared + told + ownCommand + ownEnv;
  };
}

function bytesOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value) + FIELD_BYTES;
  if (typeof value !== 'object' || value === null) return value === undefined ? 0 : FIELD_BYTES;
  return Object.entries(value).reduce((sum, [key, member]) => {
    const name = Array.isArray(value) ? 0 : key.length;
    return sum + name + bytesOf(member);
  }, FIELD_BYTES);
}
