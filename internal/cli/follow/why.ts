import type { Job } from '../resources.ts';

/** Why the job is as it is, such as `TasksFailed: 3 of 10 tasks failed`; empty where nobody said. */
export function whyOf({ status }: Job): string {
  const condition = status.conditions.find(({ type }) => type === status.phase);
  const { reason, message } = condition ?? status.ending ?? {};
  return [reason, message].filter(Boolean).join(': ');
}
