import type { TaskSpec } from '../../apis/index.ts';
import { ProblemList, parseTasksInSteps, quoted } from '../../apis/validation/index.ts';
import { StoreError } from '../../store/errors.ts';
import type { Handler } from '../access/caller.ts';
import { admit, quotaOf } from '../admission.ts';
import { inSteps } from '../body/in-steps.ts';
import { jsonBody } from '../body/json-body.ts';
import { SPEC_BODY_BYTES } from '../body/limits.ts';
import { jobId } from '../job-id.ts';
import type { ApiOptions } from '../options.ts';
import { invalidBody } from '../problem.ts';
import { originalPlace } from './submit.ts';

/** `POST /submit/<id>/tasks`: adds tasks to a job that is not finished. */
export function addTasks(options: Pick<ApiOptions, 'policy'>): Handler {
  return async (request, response, { jobs }) => {
    const id = jobId(request.params['id']);
    const body = await jsonBody(request, SPEC_BODY_BYTES);
    const parsed = await inSteps(parseTasksInSteps(body));
    if (!parsed.ok) throw invalidBody(parsed);
    const tasks = parsed.value;
    const job = await jobs.getJob(id);
    if (job !== undefined) {
      admit(options, job.metadata.namespace, { spec: job.spec, tasks }, originalPlace);
    }
    try {
      await jobs.addTasks(id, tasks, job && quotaOf(options, job));
    } catch (error) {
      throw isDuplicate(error) ? duplicates(tasks, error.details) : error;
    }
    response.status(201).json({ id, added: tasks.length });
  };
}

function isDuplicate(error: unknown): error is StoreError {
  return error instanceof StoreError && error.code === 'DuplicateTask';
}

/** The store knows the names; the client is told where in its body they are. */
function duplicates(tasks: readonly TaskSpec[], names: readonly string[]) {
  const known = new Set(names);
  const problems = new ProblemList();
  for (const [index, { name }] of tasks.entries()) {
    if (known.has(name)) problems.add(['tasks', index, 'task_name'], () => duplicateText(name));
  }
  return invalidBody(problems.failure());
}

function duplicateText(name: string): string {
  return `the job has a task ${quoted(name)} already: names must be unique within the job`;
}
