import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitFor } from '../lab/wait.ts';
import { docker } from './docker-cli.ts';
import { IMAGE } from './image.ts';
import { leaderNode } from './leader.ts';
import { Load } from './load.ts';
import { converged, deploy, STACK, type StackLab, startStackLab } from './stack-lab.ts';

/** Nodes other than that of Redis have all the rest: each of them may die. */
const APART = 'test/stack/placement.yml';

let stack: StackLab;

beforeAll(async () => {
  stack = await startStackLab();
  await deploy(stack, APART);
  await converged(stack.lab);
}, 300_000);

afterAll(async () => {
  await stack?.stop();
});

/** The callback of a job; its story when none comes. */
async function arrived(path: string, id: string) {
  const { receiver, client } = stack;
  try {
    return await receiver.delivery(path, 120_000);
  } catch (error) {
    const story = await Promise.allSettled([
      client.ask<object>(`/v1/jobs/${id}?tasks=true`),
      client.ask<object>(`/v1/jobs/${id}/events`),
      docker(stack.lab.manager, ['service', 'logs', '--tail', '200', `${STACK}_controller`]),
    ]);
    const told = story.map((it) => (it.status === 'fulfilled' ? it.value : String(it.reason)));
    throw new Error(`${path} has not come: ${JSON.stringify(told, null, 1)}`, { cause: error });
  }
}

test('an update of every service under load loses no job, and no task', async () => {
  const { lab, receiver } = stack;
  const load = new Load({ ...stack, image: IMAGE });
  const services = (
    await docker(lab.manager, ['stack', 'services', STACK, '--format', '{{.Name}}'])
  ).split(/\s+/);
  for (const service of services.filter((name) => name !== '')) {
    const began = performance.now();
    const before = load.accepted.size;
    await docker(lab.manager, ['service', 'update', '--force', '-q', service]);
    await converged(lab);
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    const jobs = load.accepted.size - before;
    process.stdout.write(`${service}: updated in ${seconds} s, ${jobs} jobs accepted meanwhile\n`);
  }
  await load.stop();
  expect(load.accepted.size).toBeGreaterThan(20);
  for (const [path, id] of load.accepted) {
    const { body } = await arrived(path, id);
    expect(body).toMatchObject(load.result(id));
    // Sent again at most as it was: who took it over cannot know that it had arrived.
    expect(new Set(receiver.at(path).map(({ text }) => text)).size).toBe(1);
  }
}, 600_000);

test('jobs that run go on when the node with the leading controller and an API dies', async () => {
  const { lab, client, receiver } = stack;
  const script = 'sleep 15; echo "ran on $(hostname)"';
  const tasks = Array.from({ length: 6 }, (_, i) => ({
    ...{ name: `t${i}`, command: ['/usr/local/bin/swarmer-run'] },
    args: ['sh', '-c', script],
  }));
  const callback = { url: receiver.url('/long') };
  const id = await client.submit({ image: IMAGE, tasks, callback });
  const filters = { label: [`swarmer.job=${id}`] };
  const running = async () => {
    const seen = (await lab.docker.listTasks({ filters })) as { Status: { State: string } }[];
    return seen.filter(({ Status }) => Status.State === 'running').length === tasks.length;
  };
  await waitFor(running, { what: 'all tasks to run', timeoutMs: 60_000 });

  const victim = await leaderNode(stack);
  expect(victim).not.toBe(lab.manager);
  const there = await docker(victim, ['ps', '--format', '{{.Names}}']);
  expect(there).toMatch(new RegExp(`^${STACK}_api\\.`, 'm'));
  await lab.killNode(victim);
  const killedAt = performance.now();

  // The other API takes jobs at once, and the other controller runs them once it leads.
  const more = { url: receiver.url('/meanwhile') };
  await client.submit({ image: IMAGE, command: ['true'], callback: more });
  const meanwhile = await receiver.delivery('/meanwhile', 60_000);
  process.stdout.write(`a job ended ${seconds(killedAt)} s after the node was killed\n`);
  expect(meanwhile.body.__phase).toBe('Complete');

  const { body } = await receiver.delivery('/long', 120_000);
  process.stdout.write(`the job that ran ended ${seconds(killedAt)} s after the node was killed\n`);
  expect(body.__phase).toBe('Complete');
  expect(body.tasks.map(({ status }) => status)).toEqual(tasks.map(() => 0));
}, 300_000);

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}
