import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../internal/clock/clock.ts';
import { injectLab } from '../lab/inject.ts';
import { seeded } from '../model/seeded.ts';
import { startModelServer } from '../model/server.ts';
import { ModelSwarm } from '../model/swarm.ts';
import { served } from '../support/served.ts';
import { SseClient, type StreamEvent } from '../support/sse-client.ts';
import { CuttingProxy } from './cutting-proxy.ts';
import { jobFile } from './manifest.ts';
import { Swarmerctl } from './swarmerctl.ts';

const TASKS = 200;
const AT_ONCE = 12;
/** With it the job lasts for some ten cuts, on any machine. */
const RUN_MS = 1100;
const CUT_EVERY_MS = 2000;

const dir = mkdtempSync(join(injectLab().dir, 'cut-'));
const socketPath = join(dir, 'engine.sock');
const engine = await startModelServer({
  socketPath,
  swarm: new ModelSwarm({
    ...{ clock: systemClock, random: seeded(1) },
    behaviour: () => ({ runMs: RUN_MS }),
  }),
});
afterAll(() => engine.close());
const { swarmer } = await served(injectLab(), {
  DOCKER_HOST: `unix://${socketPath}`,
  SWARMER_MAX_CONCURRENT_TASKS: String(AT_ONCE),
});
const ctl = new Swarmerctl(swarmer.url, dir);

interface Status {
  phase: string;
  counts: object;
  conditions: { type: string }[];
  finishedAt?: string;
}

/** What is the same of a change whenever it is told: the start of a job, say, may be known by now. */
const essence = ({ phase, counts, conditions, finishedAt }: Status) => ({
  ...{ phase, counts, isOver: finishedAt !== undefined },
  conditions: conditions.map(({ type }) => type),
});

/** Documents one behind the other. */
function documents<T>(text: string): T[] {
  return JSON.parse(`[${text.trim().replaceAll(/^\}\n\{$/gm, '},{')}]`) as T[];
}

const isComplete = ({ data }: StreamEvent) => data.object.status?.phase === 'Complete';
const told = ({ id, event, data }: StreamEvent) => [
  ...[id, event],
  essence(data.object.status as Status),
];

test('watches that lose their connections miss nothing and tell nothing twice', async () => {
  const proxy = await CuttingProxy.start(swarmer.port, CUT_EVERY_MS);
  onTestFinished(() => proxy.stop());
  const { metadata } = await ctl.json<{ metadata: { resourceVersion: string } }>(['get', 'jobs']);
  const path = `/v1/namespaces/default/jobs?watch=true&resourceVersion=${metadata.resourceVersion}`;

  const far = ctl.at(proxy.url);
  const watching = far.start(['get', 'jobs', '-w', '-o', 'json']);
  const client = new SseClient(proxy.url + path);
  const watched = client.until(isComplete);
  const spec = { image: 'busybox', args: ['true'], completions: TASKS };
  await ctl.read(['create', '-f', '-'], { stdin: jobFile('cut', spec) });
  const timeline = far.start(['events', 'cut', '-w', '-o', 'json']);
  const progress = far.start(['watch', 'cut']);

  const seen = (await watched).filter(({ event }) => event !== 'BOOKMARK');
  // What the log of changes has, read in one go.
  const direct = await new SseClient(swarmer.url + path).until(isComplete);
  const log = direct.filter(({ event }) => event !== 'BOOKMARK');
  expect(seen.map(told)).toEqual(log.map(told));
  expect(log.length).toBeGreaterThan(TASKS);

  await watching.shows('"phase": "Complete"');
  watching.signal('SIGINT');
  const shown = documents<{ metadata: { resourceVersion: string }; status: Status }>(
    (await watching.end()).stdout,
  ).map((job) => [job.metadata.resourceVersion, essence(job.status)]);
  // It has begun with the list, which may have had the job already.
  const from = log.findIndex(({ id }) => id === shown[0]?.[0]);
  expect(shown).toEqual(
    log.slice(from).map(({ id, data }) => [id, essence(data.object.status as Status)]),
  );
  const { code, stdout } = await timeline.end();
  expect(code).toBe(0);
  const events = await ctl.json<{ items: object[] }>(['get', 'events', 'cut']);
  expect(documents(stdout)).toEqual(events.items);
  expect((await progress.end()).stdout).toMatch(/\ncut .*200\/200.*Complete/);

  // As it was meant to be: all four were cut off again and again.
  expect(proxy.cuts).toBeGreaterThan(12);
  expect(client.connections).toBeGreaterThan(3);
  process.stdout.write(
    `${log.length} changes and ${events.items.length} events over ${proxy.cuts} lost connections\n`,
  );
});
