import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { injectLab } from './inject.ts';
import { type OneShot, runOneShot, startOneShot, taskReaches } from './one-shot.ts';

const lab = injectLab();
const engine = lab.docker;
const complete = { State: 'complete', ContainerStatus: { ExitCode: 0 } };

/** A server of the test process; what tasks asked of it is kept. */
let server: Server;
let base: string;
const asked: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end('hello\n');
  });
  server.listen(0, lab.hostAddress);
  await once(server, 'listening');
  base = `http://${lab.hostAddress}:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const run = (name: string, task: OneShot) => runOneShot(engine, `lab-test-${name}`, task);

describe('tasks on the lab swarm', () => {
  test('a busybox task runs to complete, and its exit status is seen', async () => {
    const image = await lab.ensureImage('busybox');
    expect(await run('true', { image, command: ['true'] })).toMatchObject(complete);
    const failed = await run('exit3', { image, command: ['sh', '-c', 'exit 3'] });
    expect(failed).toMatchObject({ State: 'failed', ContainerStatus: { ExitCode: 3 } });
  });

  test('an image that is nowhere is rejected in the words of the engine', async () => {
    const status = await run('nowhere', { image: 'example.com/none:1', command: ['true'] });
    expect(status).toMatchObject({
      State: 'rejected',
      Err: expect.stringContaining('No such image'),
    });
  });

  test('a task with no network reaches the test process at hostAddress', async () => {
    const image = await lab.ensureImage('busybox');
    const command = ['wget', '-q', '-O', '-', `${base}/from-bridge`];
    expect(await run('bridge', { image, command })).toMatchObject(complete);
    expect(asked).toContain('/from-bridge');
  });

  test('a task on an overlay network reaches the test process at hostAddress', async () => {
    const image = await lab.ensureImage('busybox');
    const network = await lab.createOverlay('lab-test-reach');
    const networks = [{ Target: network }];
    const command = ['wget', '-q', '-O', '-', `${base}/from-overlay`];
    expect(await run('overlay', { image, command, networks })).toMatchObject(complete);
    expect(asked).toContain('/from-overlay');
    await engine.getNetwork(network).remove();
  });

  test('a node task resolves the alias of another task on its overlay network', async () => {
    const image = await lab.ensureImage('node');
    const network = await lab.createOverlay('lab-test-names');
    const target = await startOneShot(engine, 'lab-test-target', {
      image: await lab.ensureImage('busybox'),
      command: ['sleep', '300'],
      networks: [{ Target: network, Aliases: ['somebody'] }],
    });
    await taskReaches(engine, target, ['running']);
    const script = `
      const { address } = await require('node:dns').promises.lookup('somebody');
      await fetch('${base}/resolved-' + address);`;
    const status = await run('resolve', {
      image,
      command: ['node', '-e', `(async () => {${script}})()`],
      networks: [{ Target: network }],
    });
    expect(status).toMatchObject(complete);
    expect(asked.find((url) => url.startsWith('/resolved-'))).toMatch(
      /^\/resolved-10\.0\.\d+\.\d+$/,
    );
    await engine.getService(target).remove();
  });

  test('a name that is nowhere does not resolve in a node task', async () => {
    const image = await lab.ensureImage('node');
    const lookup = `require('node:dns').lookup('none.example', (e) => process.exit(e ? 7 : 0))`;
    const status = await run('unresolved', { image, command: ['node', '-e', lookup] });
    expect(status.ContainerStatus?.ExitCode).toBe(7);
  });

  test('a built image runs its own entrypoint with its files, modes and environment', async () => {
    const from = await lab.ensureImage('busybox');
    const greet = `#!/bin/sh\nwget -q -O - "${base}/$GREETING-$(cat /data/name)"\n`;
    const files = { '/app/greet': { mode: 0o755, data: greet }, '/data/name': 'lab' };
    const config = { Entrypoint: ['/app/greet'], Env: { GREETING: 'good day' } };
    await lab.buildImage('lab-test/greet:1', from, files, { ...config, Env: { GREETING: 'hey' } });
    const task = { image: 'lab-test/greet:1', command: [] };
    expect(await run('built', task)).toMatchObject(complete);
    expect(asked).toContain('/hey-lab');
  });
});
