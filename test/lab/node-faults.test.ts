import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, startLab } from './lab.ts';
import type { LabNode } from './node.ts';
import { runOneShot, startOneShot, taskReaches } from './one-shot.ts';
import { isAlive } from './process.ts';
import { waitFor } from './wait.ts';

let lab: Lab;
let worker: LabNode;

beforeAll(async () => {
  lab = await startLab({ swarm: { managers: 1, workers: 1 }, images: ['busybox'] });
  worker = lab.nodes[1] as LabNode;
});

afterAll(async () => {
  await lab.stop();
});

const onWorker = () => [`node.hostname==${worker.hostname}`];

/** Awaits what the manager thinks of the worker. */
function workerIs(state: string): Promise<unknown> {
  const look = async () => {
    const nodes = await lab.docker.listNodes();
    const node = nodes.find(({ Description }) => Description?.Hostname === worker.hostname);
    return node?.Status?.State === state;
  };
  return waitFor(look, { what: `the worker to be ${state}`, timeoutMs: 60_000 });
}

async function runOnWorker(name: string): Promise<string> {
  const image = await lab.ensureImage('busybox');
  const task = { image, command: ['true'], constraints: onWorker() };
  return (await runOneShot(lab.docker, name, task)).State;
}

describe('a worker', () => {
  test('that was killed and revived is the same node of the swarm and runs tasks', async () => {
    const image = await lab.ensureImage('busybox');
    const command = ['sleep', '600'];
    const id = await startOneShot(lab.docker, 'held', { image, command, constraints: onWorker() });
    await taskReaches(lab.docker, id, ['running']);
    const { init } = worker;
    await lab.killNode(worker);
    expect(isAlive(init)).toBe(false);
    await lab.reviveNode(worker);
    expect(isAlive(worker.init)).toBe(true);
    expect((await taskReaches(lab.docker, id)).State).toBe('failed');
    expect(await runOnWorker('revived')).toBe('complete');
    expect(await lab.docker.listNodes()).toHaveLength(2);
    await lab.docker.getService(id).remove();
  });

  test('that is cut off is down for its manager, and ready again once it is healed', async () => {
    await lab.partition(worker);
    await workerIs('down');
    await lab.heal(worker);
    await workerIs('ready');
    expect(await runOnWorker('healed')).toBe('complete');
  });
});
