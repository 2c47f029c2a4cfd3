import { createConnection } from 'node:net';
import type { Clock } from '../clock/clock.ts';
import { hasCode } from './embedded-error.ts';

const ANSWER_TIMEOUT_MS = 1000;

/**
 * What listens on a socket: a Redis that serves, one that still reads its data (`loading`), one
 * that took the connection and did not answer in a second (`silent`), or nothing (`absent`).
 */
export type RedisState = 'ready' | 'loading' | 'silent' | 'absent';

export async function redisState(socketPath: string, clock: Clock): Promise<RedisState> {
  const answer = await ask(socketPath, 'PING', clock);
  if (answer?.startsWith('+PONG')) return 'ready';
  if (answer?.startsWith('-LOADING')) return 'loading';
  return answer === undefined ? 'absent' : 'silent';
}

/** Asks a Redis to end. It does so without an answer; what it acknowledged is on disk. */
export async function askToShutDown(socketPath: string, clock: Clock): Promise<void> {
  await ask(socketPath, 'SHUTDOWN', clock);
}

/** The answer; empty when there came none, undefined when nobody listens. */
function ask(socketPath: string, command: string, clock: Clock): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(socketPath, () => socket.write(`${command}\r\n`));
    const cancel = clock.after(ANSWER_TIMEOUT_MS, () => socket.destroy());
    socket.once('data', (data) => {
      resolve(data.toString());
      socket.destroy();
    });
    socket.once('error', (error) => {
      if (hasCode(error, 'ENOENT') || hasCode(error, 'ECONNREFUSED')) resolve(undefined);
      else if (hasCode(error, 'ECONNRESET') || hasCode(error, 'EPIPE')) resolve('');
      else reject(error);
    });
    socket.once('close', () => {
      cancel();
      resolve('');
    });
  });
}
