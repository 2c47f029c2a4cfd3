import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';

const POLL_MS = 100;
const ENDED = new Set(['complete', 'failed', 'rejected', 'shutdown', 'orphaned']);

/** What a careful person would write without Swarmer: create, poll, remove, so many at a time. */
export async function runPlainly(
  engine: Docker,
  image: string,
  count: number,
  concurrency: number,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await runOne(engine, image, `plain-${process.pid}-${next++}`);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

async function runOne(engine: Docker, image: string, name: string): Promise<void> {
  const service = await engine.createService(
    {},
    {
      Name: name,
      TaskTemplate: {
        ContainerSpec: { Image: image, Args: ['true'] },
        RestartPolicy: { Condition: 'none' },
      },
      Mode: { Replicated: { Replicas: 1 } },
      EndpointSpec: { Mode: 'dnsrr' },
    },
  );
  while (!(await hasEnded(engine, service.id))) await delay(POLL_MS);
  await service.remove();
}

async function hasEnded(engine: Docker, serviceId: string): Promise<boolean> {
  const tasks = await engine.listTasks({ filters: { service: [serviceId] } });
  const [task] = tasks as { Status?: { State?: string } }[];
  return ENDED.has(task?.Status?.State ?? '');
}
