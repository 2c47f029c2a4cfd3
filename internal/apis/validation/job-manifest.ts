import * as z from 'zod';
import type { ServerDefaults } from './defaults.ts';
import { breaking, object } from './fields.ts';
import { check } from './issues.ts';
import { defined, jobSpec, readJobSpec } from './job-spec.ts';
import { metadata } from './metadata-fields.ts';
import { type Parsed, ProblemList } from './problems.ts';
import { LIMITS } from './rules.ts';
import { finish, type Steps } from './steps.ts';
import type { JobRequest, MetadataRequest } from './submission.ts';

export const API_VERSION = 'swarmer/v1';
export const apiVersion = z.literal(API_VERSION, { error: breaking(`"${API_VERSION}"`) });

export const jobManifest = object('a Job: an object with "apiVersion", "kind" and "spec"', {
  apiVersion,
  kind: z.literal('Job', { error: breaking('"Job"') }),
  metadata: metadata(LIMITS.nameChars).optional(),
  spec: jobSpec.meta({ description: 'What the job runs, and by which policies.' }),
});

/** A Job of `swarmer/v1`, whether it was written as JSON or YAML. */
export function parseJob(body: unknown, defaults: ServerDefaults): Parsed<JobRequest> {
  return finish(parseJobInSteps(body, defaults));
}

export function* parseJobInSteps(
  body: unknown,
  defaults: ServerDefaults,
): Steps<Parsed<JobRequest>> {
  const problems = new ProblemList();
  const read = check(jobManifest, body, problems);
  const job = yield* readJobSpec(body, read?.spec, ['spec'], { problems, defaults });
  if (job === undefined) return problems.failure();
  return { ok: true, value: { metadata: metadataOf(read?.metadata), ...job } };
}

/** The members that were given. */
export function metadataOf(given: z.output<ReturnType<typeof metadata>> | undefined) {
  return defined(given ?? {}) as MetadataRequest;
}
