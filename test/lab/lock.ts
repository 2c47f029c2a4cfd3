import { createServer, type Server } from 'node:net';
import { hasCode } from './process.ts';
import { waitFor } from './wait.ts';

/** An abstract unix socket: the kernel frees the name when its holder dies, however it dies. */
const lockName = '\0swarmer-lab.lock';

/**
 * Runs `work` while no other process of this machine runs under this lock: claiming a lab's number
 * and removing leftovers exclude each other.
 */
export async function withLock<T>(work: () => Promise<T>): Promise<T> {
  const lock = await waitFor(tryBind, {
    what: 'the lab lock (another process starts or cleans labs; see /proc/net/unix)',
    timeoutMs: 120_000,
    intervalMs: 50,
  });
  try {
    return await work();
  } finally {
    await new Promise((resolve) => lock.close(resolve));
  }
}

function tryBind(): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error) => {
      if (hasCode(error, 'EADDRINUSE')) resolve(undefined);
      else reject(error);
    });
    server.listen({ path: lockName, exclusive: true }, () => resolve(server));
  });
}
