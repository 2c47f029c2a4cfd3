import type { Client } from '../client.ts';
import { CliError, EXIT, UsageError } from '../errors.ts';
import { jobPath } from '../path.ts';
import type { List, Task } from '../resources.ts';

/** All tasks of a job in the order of their index. */
export async function allTasks(client: Client, namespace: string, job: string): Promise<Task[]> {
  const tasks: Task[] = [];
  let next: string | undefined;
  do {
    const path = jobPath(namespace, job, ['tasks'], { limit: 1000, continue: next });
    const page = await client.get<List<Task>>(path);
    tasks.push(...page.items);
    next = page.metadata.continue;
  } while (next !== undefined);
  return tasks;
}

/**
 * The name of a job's only task.
 * @throws UsageError when there are more: somebody has to choose.
 */
export async function onlyTask(client: Client, namespace: string, job: string): Promise<string> {
  const path = jobPath(namespace, job, ['tasks'], { limit: 2 });
  const { items } = await client.get<List<Task>>(path);
  const [first, second] = items;
  if (first === undefined) throw new CliError(`job/${job} has no tasks`, EXIT.notFound);
  if (second === undefined) return first.name;
  throw new UsageError(
    `job/${job} has several tasks: name one, as in "swarmerctl logs ${job} ${first.name}", or say --all`,
  );
}
