import type Docker from 'dockerode';
import { waitFor } from './wait.ts';

export interface OneShot {
  image: string;
  command: string[];
  /** Such as `node.hostname==lab1-n2`. */
  constraints?: string[];
  /** Networks to attach to, with the names the task gets there. */
  networks?: { Target: string; Aliases?: string[] }[];
}

export interface TaskStatus {
  State: string;
  Err?: string;
  ContainerStatus?: { ExitCode?: number };
}

const ended = ['complete', 'failed', 'rejected', 'shutdown', 'orphaned'];

/** Starts a service of one task that is never restarted. Returns the service's id. */
export async function startOneShot(engine: Docker, name: string, task: OneShot): Promise<string> {
  const service = await engine.createService(
    {},
    {
      Name: name,
      TaskTemplate: {
        ContainerSpec: { Image: task.image, Command: task.command },
        Placement: { Constraints: task.constraints ?? [] },
        RestartPolicy: { Condition: 'none' },
        ...(task.networks && { Networks: task.networks }),
      },
      Mode: { Replicated: { Replicas: 1 } },
      EndpointSpec: { Mode: 'dnsrr' },
    },
  );
  return service.id;
}

/** Awaits a state of the service's task, by default a terminal one. */
export async function taskReaches(
  engine: Docker,
  serviceId: string,
  states: readonly string[] = ended,
): Promise<TaskStatus> {
  let last: TaskStatus | undefined;
  const look = async () => {
    const filters = { service: [serviceId] };
    const [task] = (await engine.listTasks({ filters })) as { Status: TaskStatus }[];
    last = task?.Status;
    return last && states.includes(last.State) && last;
  };
  const detail = () => `last status: ${JSON.stringify(last)}`;
  const what = `the task of service ${serviceId} to be ${states.join(' or ')}`;
  return waitFor(look, { what, timeoutMs: 60_000, intervalMs: 50, detail });
}

/** Runs a task to its end, removes its service and returns how it ended. */
export async function runOneShot(engine: Docker, name: string, task: OneShot): Promise<TaskStatus> {
  const id = await startOneShot(engine, name, task);
  try {
    return await taskReaches(engine, id);
  } finally {
    await engine.getService(id).remove();
  }
}
