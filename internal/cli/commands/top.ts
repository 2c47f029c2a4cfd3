import type { Client } from '../client.ts';
import type { Context } from '../context.ts';
import { objectPages } from '../list-objects.ts';
import type { Options } from '../options.ts';
import { apiPath } from '../path.ts';
import { type Reading, topLines } from '../read/top-lines.ts';
import type { Cluster, Job } from '../resources.ts';

const INTERVAL_MS = 2000;
const JOBS_SHOWN = 20;
const CLEAR_SCREEN = '\u001b[H\u001b[2J';

/** Shows what runs now: slots, nodes, and the jobs with the most active tasks; with `-w` ever again. */
export async function run(
  context: Context,
  _: readonly string[],
  options: Options,
): Promise<undefined> {
  const client = await context.client();
  const namespace = options.text('namespace');
  const interval = options.duration('interval') ?? INTERVAL_MS;
  const shown = options.whole('limit') ?? JOBS_SHOWN;
  let before: Reading | undefined;
  for (;;) {
    const reading = await read(context, client, namespace);
    const lines = await topLines(context, reading, before, shown);
    const clear = options.flag('watch') && context.io.stdout.isTTY === true;
    context.print(`${clear ? CLEAR_SCREEN : ''}${lines.join('\n')}\n`);
    if (!options.flag('watch')) return undefined;
    if (!clear) context.printLine('');
    before = reading;
    await context.io.clock.sleep(interval, context.signal);
    context.signal.throwIfAborted();
  }
}

async function read(
  context: Context,
  client: Client,
  namespace: string | undefined,
): Promise<Reading> {
  const query = { kind: 'jobs', namespace, fieldSelector: 'status.phase=Running' } as const;
  const cluster = await client.get<Cluster>(apiPath(['cluster']));
  const jobs: Job[] = [];
  for await (const { items } of objectPages<Job>(client, query)) jobs.push(...items);
  return { cluster, jobs, atMs: context.io.clock.monotonic() };
}
