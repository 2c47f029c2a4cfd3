import type { JobSpec, TaskSpec } from '../job.ts';
import { type ServerDefaults, withJobDefaults } from './defaults.ts';
import { callbackUrl, imageName, object } from './fields.ts';
import { check } from './issues.ts';
import { completionPolicy } from './policy-fields.ts';
import { type Parsed, ProblemList } from './problems.ts';
import { RULES } from './rules.ts';
import { finish, type Steps } from './steps.ts';
import { readTasks, taskList } from './tasks.ts';

/** `metadata` as a user wrote it. */
export interface MetadataRequest {
  namespace?: string;
  name?: string;
  /** The beginning of a name that the server is to make. */
  generateName?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** A job as it was asked for. */
export interface JobRequest {
  metadata: MetadataRequest;
  spec: JobSpec;
  /** The first tasks; more may follow. */
  tasks: TaskSpec[];
}

/** The body of `POST /submit`. */
export const submission = object(RULES.submission, {
  image_name: imageName,
  callback_url: callbackUrl,
  tasks: taskList(0)
    .meta({ description: 'The first tasks; more may be added until the job is finished.' })
    .optional(),
  completion_policy: completionPolicy
    .meta({
      description:
        "What decides what a task came to, as a job's completionPolicy: report for images whose client " +
        "exits with 0 whatever happened. The server's by default.",
    })
    .optional(),
});

/** Reads the body of `POST /submit`. */
export function parseSubmission(body: unknown, defaults: ServerDefaults): Parsed<JobRequest> {
  return finish(parseSubmissionInSteps(body, defaults));
}

export function* parseSubmissionInSteps(
  body: unknown,
  defaults: ServerDefaults,
): Steps<Parsed<JobRequest>> {
  const problems = new ProblemList();
  const read = check(submission, body, problems);
  const tasks = yield* readTasks(body, problems);
  if (read === undefined || problems.total > 0) return problems.failure();
  const { image_name: image, callback_url: url } = read;
  const given: Parameters<typeof withJobDefaults>[0] = { image };
  if (url !== null) given.callback = { url };
  const policy = read.completion_policy ?? defaults.submitCompletionPolicy;
  if (policy !== undefined) given.completionPolicy = policy;
  const spec = withJobDefaults(given, defaults);
  return { ok: true, value: { metadata: {}, spec, tasks } };
}
