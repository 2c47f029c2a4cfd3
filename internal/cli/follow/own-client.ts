import { Client } from '../client.ts';
import type { Context } from '../context.ts';
import { Interrupted } from '../errors.ts';

/** A client that outlives the first Ctrl-C, for what has to be put in order then. */
export interface OwnClient {
  client: Client;
  /** Aborts at the second Ctrl-C. */
  signal: AbortSignal;
  close(): void;
}

export async function ownClient(context: Context): Promise<OwnClient> {
  const { clock, version, signals } = context.io;
  const stop = new AbortController();
  const abort = (): void => stop.abort(new Interrupted());
  const listen = (): void => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) signals.on(name, abort);
  };
  const settings = await context.settings();
  if (context.signal.aborted) listen();
  else context.signal.addEventListener('abort', listen, { once: true });
  const agentName = `swarmerctl/${version}`;
  const client = new Client({ ...settings, clock, signal: stop.signal, agentName });
  return {
    client,
    signal: stop.signal,
    close() {
      context.signal.removeEventListener('abort', listen);
      for (const name of ['SIGINT', 'SIGTERM'] as const) signals.off(name, abort);
      client.close();
    },
  };
}
