import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TaskResult } from '../../internal/apis/index.ts';
import { startDockerd, stopDockerd } from '../lab/dockerd.ts';
import type { LabNode } from '../lab/node.ts';
import { backInSwarm } from '../lab/node-faults.ts';
import { waitFor } from '../lab/wait.ts';
import { startWorld, type World } from './world.ts';

/** Acceptance: how long after the kill of a node's daemon its tasks run elsewhere, at most. */
const ELSEWHERE_MS = 25_000;
const TASKS = 6;
/** Outlives the loss, so that its report comes when another attempt is current. */
const SECONDS = 32;

interface SwarmTask {
  NodeID?: string;
  Spec: { ContainerSpec: { Labels: Record<string, string> } };
  Status: { State: string };
}

interface Seen {
  index: string;
  attempt: string;
  nodeId: string;
}

let world: World;
let victim: LabNode;

beforeAll(async () => {
  world = await startWorld();
  victim = world.lab.nodes[1] as LabNode;
});

afterAll(async () => {
  await world.stop();
});

/** Every attempt of the job that swarm calls running, with the node it is on. */
async function running(uid: string): Promise<Seen[]> {
  const filters = { label: [`swarmer.job=${uid}`] };
  const tasks = (await world.lab.docker.listTasks({ filters })) as SwarmTask[];
  return tasks
    .filter(({ Status }) => Status.State === 'running')
    .map(
      ({
        NodeID = '',
        Spec: {
          ContainerSpec: { Labels },
        },
      }) => ({
        index: Labels['swarmer.index'] ?? '',
        attempt: Labels['swarmer.attempt'] ?? '',
        nodeId: NodeID,
      }),
    );
}

async function nodeIdOf({ hostname }: LabNode): Promise<string> {
  const nodes = await world.lab.docker.listNodes();
  return nodes.find(({ Description }) => Description?.Hostname === hostname)?.ID ?? '';
}

/** A job whose tasks report that they ran, late. */
function submit(): Promise<string> {
  const script = `sleep ${SECONDS}; echo "attempt $SWARMER_ATTEMPT"`;
  const tasks = Array.from({ length: TASKS }, (_, i) => ({
    task_name: `t${i}`,
    task_args: ['swarmer-run', 'sh', '-c', script],
  }));
  const { receiver, images, apis } = world;
  const body = { image_name: images['swarmer-run'], callback_url: receiver.url('/lost'), tasks };
  const [api] = apis;
  if (api === undefined) throw new Error('the world has no API');
  return api.submit(body);
}

/** Reports that the APIs answered with this status. */
function reportsAnswered(uid: string, status: number): number {
  const lines = world.apis.flatMap((api) => api.logLines());
  return lines.filter((line) => line['path'] === `/result/${uid}` && line['status'] === status)
    .length;
}

describe('the tasks of a node whose daemon is killed', () => {
  test('run elsewhere in time, spend no backoffLimit, and their late reports are refused', async () => {
    const uid = await submit();
    const all = async () => {
      const seen = await running(uid);
      return seen.length === TASKS && seen;
    };
    const before = await waitFor(all, { what: 'all tasks to run', timeoutMs: 30_000 });
    const nodeId = await nodeIdOf(victim);
    const hit = before.filter((task) => task.nodeId === nodeId).map(({ index }) => index);
    expect(hit.length).toBeGreaterThan(0);

    const killedAt = performance.now();
    await stopDockerd(victim, 'SIGKILL');
    const elsewhere = async () => {
      const seen = await running(uid);
      return hit.every((index) =>
        seen.some((task) => task.index === index && task.attempt === '2' && task.nodeId !== nodeId),
      );
    };
    await waitFor(elsewhere, { what: 'the tasks to run elsewhere', timeoutMs: ELSEWHERE_MS });
    const took = Math.round(performance.now() - killedAt);
    process.stdout.write(`${hit.length} tasks ran elsewhere ${took} ms after the kill\n`);

    // The engine is dead, its containers are not: they report, and are no longer the ones to do so.
    const { body } = await world.receiver.delivery('/lost', 90_000);
    const attempts = (index: number) => (hit.includes(String(index)) ? 2 : 1);
    const expected = Array.from({ length: TASKS }, (_, i) => [0, `attempt ${attempts(i)}\n`]);
    expect(body.tasks.map(({ status, result }) => [status, result.stdout])).toEqual(expected);
    expect(reportsAnswered(uid, 409)).toBe(hit.length);

    const stored = await world.client.hgetall(`swarmer:job:${uid}:results`);
    const spent = Object.values(stored).map((text) => {
      const { attempts: used, losses } = JSON.parse(text) as TaskResult;
      return used - losses - 1;
    });
    expect(spent).toEqual(Array(TASKS).fill(0));

    await startDockerd(victim);
    await backInSwarm(victim);
  }, 240_000);
});
