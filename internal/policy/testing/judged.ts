import type { JobSpec, TaskSpec } from '../../apis/index.ts';
import { below, judge, Policy, type PolicyFile } from '../index.ts';

const SPEC: JobSpec = { image: 'alpine:3.20', backoffLimit: 0, lossLimit: 10, outputLimitBytes: 8 };

/** What the default section of a policy refuses of a job, as `path: message`. */
export function refusals(
  rules: PolicyFile['default'],
  spec: Partial<JobSpec>,
  tasks: TaskSpec[] = [{ name: 'one', args: [] }],
): string[] {
  const policy = new Policy({ default: rules });
  const refused = judge(policy, 'default', { spec: { ...SPEC, ...spec }, tasks }, below('spec'));
  return (refused?.problems ?? []).map(({ path, message }) => `${path}: ${message}`);
}
