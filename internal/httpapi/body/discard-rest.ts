import type { IncomingMessage } from 'node:http';

/** What a client may go on sending after it was refused. */
const PATIENCE_BYTES = 64 * 1024 * 1024;

/**
 * Reads off what is still to come of a refused request's body. Closing the connection at once would
 * reset it, and a client that is still sending would lose the answer; so that happens only when it
 * will not stop.
 */
export function discardRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > PATIENCE_BYTES) request.destroy();
  });
}
