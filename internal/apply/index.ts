export {
  applyCronJob,
  type CronApplyRequest,
  createCronJob,
  givenSpec,
  suspendCronJob,
} from './apply-cron-job.ts';
export {
  ApplyRefused,
  type ApplyRequest,
  type ApplyResult,
  type ApplyStores,
  applyJob,
  jobToApply,
  newJob,
} from './apply-job.ts';
export { lastApplied, type Refusal } from './plan-apply.ts';
export type { FieldChange } from './three-way.ts';
