import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lab, startLab } from './lab.ts';
import { startOneShot, taskReaches } from './one-shot.ts';
import { run } from './spawn.ts';
import { waitFor } from './wait.ts';

/*
 * A machine whose own Docker runs is played by the network namespace of a node: an engine with a swarm
 * and a task of its own, FORWARD closed, bridged packets shown to iptables. Labs start from within it.
 */
let machine: Lab;

beforeAll(async () => {
  machine = await startLab({ swarm: true, images: ['busybox'] });
  const image = await machine.ensureImage('busybox');
  const own = await startOneShot(machine.docker, 'its-own', { image, command: ['sleep', '3600'] });
  await taskReaches(machine.docker, own, ['running']);
  await onMachine('iptables', '-P', 'FORWARD', 'DROP');
  const bridged = 'for f in /proc/sys/net/bridge/bridge-nf-call-*; do echo 1 >$f; done';
  await onMachine('sh', '-c', bridged);
  const settled = async () => !(await onMachine('ip', 'address')).includes('tentative');
  await waitFor(settled, { what: 'the addresses of the machine to be its own' });
});

afterAll(async () => {
  await machine.stop();
});

/** Runs a command with the machine's network, and ends it with this process. */
function onMachine(command: string, ...args: string[]): Promise<string> {
  const inside = ['nsenter', '--target', String(machine.manager.init.pid), '--net'];
  return run('setpriv', ['--pdeathsig', 'KILL', ...inside, command, ...args]);
}

/** The packet filter. Its counters go on by themselves. */
async function rules(): Promise<string> {
  const text = (await onMachine('iptables-save')) + (await onMachine('ip6tables-save'));
  return text.replaceAll(/^#.*\n| \[\d+:\d+\]$/gm, '');
}

/** All settings of its network that can be read, but for one that is a count. */
const SETTINGS = 'grep -rs "" /proc/sys/net | grep -v nf_conntrack_count | sort; true';

/** All of the machine that a lab must leave as it is. */
async function stateOfMachine(): Promise<Record<string, unknown>> {
  const { docker } = machine;
  const containers = await docker.listContainers();
  return {
    rules: await rules(),
    links: await onMachine('ip', 'link'),
    addresses: await onMachine('ip', 'address'),
    routes: await onMachine('ip', 'route', 'show', 'table', 'all'),
    settings: await onMachine('sh', '-c', SETTINGS),
    swarm: await docker.swarmInspect(),
    nodes: await docker.listNodes(),
    services: await docker.listServices(),
    tasks: await docker.listTasks(),
    containers: containers.map(({ Id, State, Created }) => [Id, State, Created]),
  };
}

/** Runs the tests of labs on the machine. @returns the packet filters that it had meanwhile. */
async function testLabs(files: string[]): Promise<Set<string>> {
  const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
  const config = ['--config', 'test/vitest.matrix.config.ts'];
  const filters = new Set<string>();
  let over = false;
  const tests = onMachine(process.execPath, vitest, 'run', ...config, ...files).finally(() => {
    over = true;
  });
  while (!over) {
    filters.add(await rules());
    await delay(500);
  }
  await tests;
  return filters;
}

test('labs of one node and of three work on it, need no rule of their own, and leave it as it was', async () => {
  const before = await stateOfMachine();
  const filters = await testLabs(['test/lab/nodes.test.ts', 'test/lab/tasks.test.ts']);
  expect([...filters]).toEqual([before['rules']]);
  expect(await stateOfMachine()).toEqual(before);
});
