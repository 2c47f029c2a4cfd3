import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { systemClock } from '../../internal/clock/clock.ts';
import { DockerEngine } from '../../internal/swarm/docker-engine.ts';

/** More than the connections that are kept for the calls of tasks. */
const LOGS = 70;

it('a list does not wait behind logs that the engine does not send, however many', async () => {
  const held: ServerResponse[] = [];
  const server = createServer((request, response) => {
    if (request.url?.includes('/logs')) held.push(response);
    else response.end('[]');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const target = { protocol: 'http', host: '127.0.0.1', port } as const;
  const engine = new DockerEngine({ target, instance: 'default', clock: systemClock });
  const logs = Array.from({ length: LOGS }, (_, i) => engine.taskLogs(`task${i}`, 1000));
  const over = Promise.allSettled(logs);
  try {
    expect(await engine.listTasks()).toEqual([]);
    expect(held.length).toBeLessThanOrEqual(64);
  } finally {
    server.close();
    server.closeAllConnections();
    await over;
  }
});
