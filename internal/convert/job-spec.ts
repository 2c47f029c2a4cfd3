import { convertCounts } from './counts.ts';
import { convertFailurePolicy } from './failure-policy.ts';
import { JOB_SPEC } from './fields/job.ts';
import { JOB_NUMBERS, numbersOf } from './number-fields.ts';
import type { Origins } from './origins.ts';
import { convertPodTemplate } from './pod.ts';
import type { JobNames } from './pod-facts.ts';
import { convertRetries } from './retries.ts';
import type { Source } from './source.ts';
import { convertSuccessPolicy } from './success-policy.ts';
import { convertSuspend } from './suspend.ts';

/** The order in which people read them. */
const ORDER = [
  'image',
  'command',
  'args',
  'env',
  'resources',
  ...['workingDir', 'user', 'groups', 'hostname', 'readOnly', 'mounts', 'dns', 'extraHosts'],
  ...['sysctls', 'capabilities', 'placement'],
  'completions',
  'parallelism',
  'backoffLimit',
  'failurePolicy',
  'maxFailedTasks',
  'successPolicy',
  'onNodeLost',
  'activeDeadlineSeconds',
  'timeoutSeconds',
  'terminationGracePeriodSeconds',
  'ttlSecondsAfterFinished',
  'suspend',
];

/** A JobSpec, which stands at the same place in ours. */
export function convertJobSpec(source: Source, origins: Origins, names: JobNames): object {
  source.noteOthers(JOB_SPEC);
  origins.set(source.path, source.path);
  const { total, indexed, ...counts } = convertCounts(source, origins);
  const { containerName, ...pod } = convertPodTemplate(source, origins, { ...names, indexed });
  const fields = new Map<string, unknown>(
    Object.entries({
      ...pod,
      ...convertRetries(source, origins, total),
      ...convertFailurePolicy(source, origins, containerName),
      ...convertSuccessPolicy(source, origins, total),
      ...convertReplacement(source),
      ...numbersOf(source, JOB_NUMBERS),
      ...convertSuspend(source),
      ...counts,
    }),
  );
  return Object.fromEntries(
    ORDER.flatMap((name) => (fields.get(name) === undefined ? [] : [[name, fields.get(name)]])),
  );
}

/** `podReplacementPolicy`: only a lost node makes a difference. */
function convertReplacement(source: Source) {
  const policy = source.word('podReplacementPolicy', ['TerminatingOrFailed', 'Failed']);
  if (policy !== 'Failed') return {};
  const message =
    'becomes onNodeLost: wait. A task whose node is down is not replaced until the node is back, when ' +
    'its engine stops what still runs, or was removed; any other failed task is replaced only after its ' +
    'end anyway';
  source.notes.changed(source.at('podReplacementPolicy'), message);
  return { onNodeLost: 'wait' };
}
