import { ApiError } from '../api-error.ts';
import type { Client } from '../client.ts';
import { Unreachable } from '../connection-error.ts';
import type { Context } from '../context.ts';
import { CliError, EXIT } from '../errors.ts';
import { terminalSafe } from '../output/terminal-safe.ts';
import { apiPath } from '../path.ts';
import type { ClusterNode } from '../resources.ts';

const INTERVAL_MS = 1000;
/** Answers of a server that cannot reach its store, or of a proxy that cannot reach the server. */
const AWAY: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/**
 * Waits until a node is drained, and says on stderr what it waits for when that changes.
 * @param until monotonic ms when to give up; Infinity for never. The drain itself goes on.
 * @throws CliError when the time is up, or somebody has given the drain up meanwhile.
 */
export async function untilDrained(context: Context, name: string, until: number): Promise<void> {
  const client = await context.client();
  const { clock } = context.io;
  let told = '';
  for (;;) {
    const node = await look(client, name);
    if (node !== undefined && isOver(name, node)) return;
    const words = node === undefined ? 'is not told of: the server is away' : progress(node);
    if (words !== told) context.say(terminalSafe(`node/${name} ${words}`));
    told = words;
    const left = until - clock.monotonic();
    if (left <= 0) {
      throw new CliError(
        `timed out: node/${name} ${words}; the drain goes on, "swarmerctl undrain ${name}" ends it`,
        EXIT.timedOut,
      );
    }
    await clock.sleep(Math.min(INTERVAL_MS, left), context.signal);
    context.signal.throwIfAborted();
  }
}

/** @throws CliError when somebody wants something else of the node. */
function isOver(name: string, { wish, availability }: ClusterNode): boolean {
  if (wish === 'drain') return false;
  if (wish === undefined && availability === 'drain') return true;
  const now = wish === undefined ? availability : 'to be active again';
  throw new CliError(`node/${name} is ${now}: somebody has given its drain up`);
}

/** @returns undefined while the server is away: a wait outlives its restart. */
async function look(client: Client, name: string): Promise<ClusterNode | undefined> {
  try {
    return await client.get<ClusterNode>(apiPath(['nodes', name]));
  } catch (error) {
    if (error instanceof Unreachable) return undefined;
    if (error instanceof ApiError && AWAY.has(error.status)) return undefined;
    throw error;
  }
}

function progress({ availability, active }: ClusterNode): string {
  if (availability === 'active') return 'is to be paused';
  if (active > 0) return `is paused, ${active} of our tasks still run on it`;
  return 'is paused, what its tasks have left is being collected';
}
