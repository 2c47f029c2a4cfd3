import * as z from 'zod';
import type { JobSpec, TaskSpec } from '../job.ts';
import { completionTasks } from './completions.ts';
import { addConflicts } from './conflicts.ts';
import { MANIFEST_BACKOFF_LIMIT, type ServerDefaults, withJobDefaults } from './defaults.ts';
import { credentialName, imageName, object, requiredCallbackUrl, taskName } from './fields.ts';
import { check } from './issues.ts';
import { env } from './metadata-fields.ts';
import { type Path, quoted } from './path.ts';
import { integer, policyFields, timeoutSeconds } from './policy-fields.ts';
import type { ProblemList } from './problems.ts';
import { resources } from './resource-fields.ts';
import { LIMITS } from './rules.ts';
import { serviceSizes } from './service-size.ts';
import type { Steps } from './steps.ts';
import { taskArgs } from './task-args.ts';
import { readTasks, type TaskShape, taskList } from './tasks.ts';
import { templateFields } from './template-fields.ts';

/** One of `spec.tasks`. */
export const manifestTask = object('an object with "name" and optionally "args"', {
  name: taskName,
  command: taskArgs.meta({ description: "Instead of the job's command." }).optional(),
  args: taskArgs.meta({ description: "Instead of the job's args." }).optional(),
  env: env.meta({ description: "On top of the job's env." }).optional(),
  resources: resources.meta({ description: "Instead of the job's resources." }).optional(),
  timeoutSeconds: timeoutSeconds.optional(),
});

/** Whoever reads manifests from files puts what is in it under `env`; what comes here was sent as it was. */
const envFile = z
  .custom<never>(() => false, {
    error:
      'must be the path of a file beside the manifest, or a list of such, and is read by swarmerctl and ' +
      'serve --apply, which send its variables as "env": the API reads no files',
  })
  .meta({
    description:
      'In manifest files only: files of variables beside the manifest or below, as docker run --env-file has them. ' +
      'They are put under "env" before anything is sent.',
    anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
  });

/** `spec` of a Job. */
export const jobSpec = object('an object with "image"', {
  image: imageName,
  registryCredential: credentialName.optional(),
  command: taskArgs.meta({ description: "Replaces the image's ENTRYPOINT." }).optional(),
  args: taskArgs
    .meta({ description: 'Arguments of the container of every task that has none of its own.' })
    .optional(),
  env: env.optional(),
  envFile: envFile.optional(),
  resources: resources.optional(),
  tasks: taskList(1).meta({ description: 'What the job runs, one container each.' }).optional(),
  completions: integer(1, LIMITS.tasksPerCall)
    .meta({
      description:
        'Instead of tasks: so many of them, named from "0" on. In command, args and values of env ' +
        '$(INDEX) and $(COMPLETIONS) are replaced; $$( is a literal $(.',
      default: 1,
    })
    .optional(),
  callback: object('an object with "url"', { url: requiredCallbackUrl })
    .meta({ description: 'Who is told of the result.' })
    .optional(),
  ...policyFields,
  ...templateFields,
}).refine(({ tasks, completions }) => tasks === undefined || completions === undefined, {
  path: ['completions'],
  error: 'must not stand beside "tasks": the tasks are either listed or counted',
});

export type ManifestJobSpec = z.output<typeof jobSpec>;

/** `spec.tasks` at this place of a body. */
function taskShape(at: Path, job: { args?: string[] | undefined }): TaskShape {
  return {
    at: [...at, 'tasks'],
    nameField: 'name',
    check(entry, problems, place) {
      const read = check(manifestTask, entry, problems, place);
      if (read === undefined) return undefined;
      return { ...defined(read), args: read.args ?? job.args ?? [] } as TaskSpec;
    },
  };
}

/**
 * The spec and the tasks of a job in their final form.
 * @param read `spec` as it passed its schema; undefined when it did not: then only tasks are looked at.
 * @param at where `spec` stands in the body.
 */
export function* readJobSpec(
  body: unknown,
  read: ManifestJobSpec | undefined,
  at: Path,
  { problems, defaults }: { problems: ProblemList; defaults: ServerDefaults },
): Steps<{ spec: JobSpec; tasks: TaskSpec[] } | undefined> {
  const listed = yield* readTasks(body, problems, taskShape(at, read ?? {}));
  if (read === undefined || problems.total > 0) return undefined;
  const { tasks: given, completions, ...fields } = read;
  const spec = withJobDefaults(
    {
      backoffLimit: MANIFEST_BACKOFF_LIMIT,
      ...(defined(fields) as Pick<JobSpec, 'image'> & Partial<JobSpec>),
      ...(given === undefined ? { completions: completions ?? 1 } : {}),
    },
    defaults,
  );
  const tasks = given === undefined ? completionTasks(spec) : listed;
  addConflicts(spec, tasks, at, problems);
  addOversized(spec, tasks, at, problems);
  return problems.total > 0 ? undefined : { spec, tasks };
}

/** A service that is too large for swarm is refused by it, or worse: taken, and never run. */
function addOversized(spec: JobSpec, tasks: TaskSpec[], at: Path, problems: ProblemList): void {
  const sizeOf = serviceSizes(spec);
  for (const [index, task] of tasks.entries()) {
    const bytes = sizeOf(task);
    if (bytes <= LIMITS.serviceBytes) continue;
    const path = spec.completions === undefined ? [...at, 'tasks', index] : at;
    problems.add(path, () => oversized(task.name, bytes));
    if (spec.completions !== undefined) return;
  }
}

function oversized(name: string, bytes: number): string {
  return (
    `makes a service of about ${bytes} bytes of task ${quoted(name)}, but swarm takes at most ` +
    `${LIMITS.serviceBytes}: shorten arguments and variables, or put the data into a config or volume`
  );
}

/** The members that have a value. */
export function defined<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}
