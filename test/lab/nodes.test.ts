import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lab, startLab } from './lab.ts';
import { runOneShot, startOneShot, taskReaches } from './one-shot.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab({ swarm: { managers: 1, workers: 2 }, images: ['busybox', 'node'] });
});

afterAll(async () => {
  await lab.stop();
});

const on = (index: number) => [`node.hostname==${lab.nodes[index]?.hostname}`];

test('a swarm of three nodes runs tasks on each', async () => {
  const image = await lab.ensureImage('busybox');
  for (const index of [0, 1, 2]) {
    const task = { image, command: ['true'], constraints: on(index) };
    const status = await runOneShot(lab.docker, `on-${index}`, task);
    expect(status.State).toBe('complete');
  }
});

test('the test process reaches each node at its address', async () => {
  for (const { address } of lab.nodes) {
    const swarmPort = connect(7946, address);
    await once(swarmPort, 'connect');
    swarmPort.destroy();
  }
});

test('an overlay network crosses nodes', async () => {
  const network = await lab.createOverlay('crossing');
  const server = await startOneShot(lab.docker, 'server', {
    image: await lab.ensureImage('busybox'),
    command: ['httpd', '-f', '-p', '8080', '-h', '/etc'],
    constraints: on(1),
    networks: [{ Target: network, Aliases: ['server'] }],
  });
  await taskReaches(lab.docker, server, ['running']);
  const get = `fetch('http://server:8080/passwd').then((r) => process.exit(r.ok ? 0 : 1))`;
  const status = await runOneShot(lab.docker, 'client', {
    image: await lab.ensureImage('node'),
    command: ['node', '-e', get],
    constraints: on(2),
    networks: [{ Target: network }],
  });
  expect(status).toMatchObject({ State: 'complete' });
});
