import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';

const POLL_MS = 100;

interface Counted {
  ServiceStatus?: { CompletedTasks?: number };
}

/** The same tasks as one service of swarm's own kind of job. */
export async function runAsJobService(
  engine: Docker,
  image: string,
  count: number,
  concurrency: number,
): Promise<void> {
  const service = await engine.createService(
    {},
    {
      Name: `job-${process.pid}-${Date.now()}`,
      TaskTemplate: {
        ContainerSpec: { Image: image, Args: ['true'] },
        RestartPolicy: { Condition: 'none' },
      },
      Mode: { ReplicatedJob: { MaxConcurrent: concurrency, TotalCompletions: count } },
    },
  );
  while ((await completed(engine, service.id)) < count) await delay(POLL_MS);
  await service.remove();
}

async function completed(engine: Docker, id: string): Promise<number> {
  const [service] = (await engine.listServices({
    filters: { id: [id] },
    status: true,
  })) as Counted[];
  return service?.ServiceStatus?.CompletedTasks ?? 0;
}
