import type { Logger } from 'pino';
import { untilBeat } from '../clock/beat.ts';
import type { Clock } from '../clock/clock.ts';
import { SchemaError, type Stores } from '../store/index.ts';

/** Between looks at the schema of the store, in ms. */
const LOOK_MS = 5000;

interface GuardOptions {
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
}

/**
 * Runs `serve` until `signal` aborts, as long as the store is one that this version may use: looked at
 * before, and again while it runs, because a newer version or a restore may come meanwhile. A Redis that
 * is away says nothing, and keeps nobody from starting.
 * @throws SchemaError when the store must be left alone; whatever `serve` throws.
 */
export async function whileSchemaFits(
  store: Pick<Stores['schema'], 'check'>,
  { clock, log, signal }: GuardOptions,
  serve: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  let refusal = await look(store, log);
  if (refusal !== undefined) throw refusal;
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const watching = (async () => {
    while (!until.aborted && refusal === undefined) {
      await untilBeat(clock, LOOK_MS, until);
      if (!until.aborted) refusal = await look(store, log);
    }
    over.abort();
  })();
  try {
    await serve(until);
  } finally {
    over.abort();
    await watching;
  }
  if (refusal !== undefined) throw refusal;
}

/** Why the store must be left alone; undefined when it need not, or does not answer. */
async function look(
  store: Pick<Stores['schema'], 'check'>,
  log: Logger,
): Promise<SchemaError | undefined> {
  try {
    await store.check();
  } catch (err) {
    if (err instanceof SchemaError) return err;
    log.debug({ err }, 'cannot look at the schema of the store');
  }
  return undefined;
}
