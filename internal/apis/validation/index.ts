export { type CronJobRequest, parseCronJob, parseCronJobInSteps } from './cron-manifest.ts';
export type { ServerDefaults } from './defaults.ts';
export { API_VERSION, parseJob, parseJobInSteps } from './job-manifest.ts';
export { isObjectName } from './metadata-fields.ts';
export { type Path, pathText, quoted } from './path.ts';
export { type Parsed, type Problem, ProblemList, type Problems } from './problems.ts';
export {
  parseReport,
  type ReportedMember,
  type ReportedMembers,
  type ReportRequest,
} from './report.ts';
export { parseRetry, type TaskReference } from './retry.ts';
export { type JsonSchema, manifestSchemas, originalSchemas, retrySchema } from './schema.ts';
export type { Steps } from './steps.ts';
export {
  type JobRequest,
  type MetadataRequest,
  parseSubmission,
  parseSubmissionInSteps,
} from './submission.ts';
export { parseTasks, parseTasksInSteps } from './tasks.ts';
export { isForbiddenName, unknownField } from './unknown-field.ts';
