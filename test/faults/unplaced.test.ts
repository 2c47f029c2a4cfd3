import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, startLab } from '../lab/lab.ts';
import { waitFor } from '../lab/wait.ts';
import { ContainerRuns, mostAtOnce } from '../support/container-runs.ts';
import { Swarmer } from '../support/swarmer.ts';

/*
 * What fits on no node keeps no place from what does, also when it is of a higher priority and came first;
 * and it starts as soon as there is a node for it.
 */

interface Scale {
  slots: number;
  /** Tasks that fit nowhere. */
  unplaced: number;
  /** Tasks beside them, and how long each sleeps. */
  beside: number;
  seconds: number;
  /** In how many ms swarm's "no suitable node" makes them unplaced: as long they hold their places. */
  allowedMs: number;
}

/** SWARMER_UNPLACED=long for the long form, which has no allowance. */
const LONG = process.env['SWARMER_UNPLACED'] === 'long';
const SCALE: Scale = LONG
  ? { slots: 12, unplaced: 20, beside: 100, seconds: 5, allowedMs: 0 }
  : { slots: 4, unplaced: 8, beside: 16, seconds: 2, allowedMs: 12_000 };
/** How long after a node for them they start, at most. */
const PLACED_MS = 10_000;
/** After this long, in ms, what has no node is known to suit none, and is taken back or stands. */
const KNOWN_AFTER_MS = 12_000;

let lab: Lab;
let image: string;
let swarmer: Swarmer;
let runs: ContainerRuns;
let aloneMs: number;

beforeAll(async () => {
  lab = await startLab({ swarm: true, images: ['busybox'] });
  image = await lab.ensureImage('busybox');
  const env = { SWARMER_MAX_CONCURRENT_TASKS: String(SCALE.slots) };
  swarmer = await new Swarmer(lab, { env }).start();
  runs = await ContainerRuns.watch(lab.docker);
  aloneMs = await sleepersTake(10 * SCALE.beside * SCALE.seconds * 1000);
});

afterAll(async () => {
  runs.stop();
  await swarmer.end('SIGKILL');
  await lab.stop();
});

/** How long the tasks beside take, in ms. */
async function sleepersTake(timeoutMs: number): Promise<number> {
  const begun = performance.now();
  const args = ['sleep', String(SCALE.seconds)];
  const id = await swarmer.create({ image, args, completions: SCALE.beside, backoffLimit: 0 });
  const { __phase } = await swarmer.finished(id, timeoutMs);
  expect(__phase).toBe('Complete');
  return performance.now() - begun;
}

interface Waiting {
  /** Services that there are. */
  services: number;
  /** Of their tasks those that have had no node for long. */
  unplaced: number;
  containers: number;
}

/** Looks at the engine until it is stopped. @returns the most of each that it has seen. */
async function watchEngine(over: AbortSignal): Promise<Waiting> {
  const most = { services: 0, unplaced: 0, containers: 0 };
  while (!over.aborted) {
    const [services, tasks, containers] = await Promise.all([
      lab.docker.listServices(),
      lab.docker.listTasks() as Promise<{ NodeID?: string; CreatedAt: string }[]>,
      lab.docker.listContainers(),
    ]);
    const known = Date.now() - KNOWN_AFTER_MS;
    const unplaced = tasks.filter(
      ({ NodeID, CreatedAt }) => !NodeID && Date.parse(CreatedAt) < known,
    );
    most.services = Math.max(most.services, services.length);
    most.unplaced = Math.max(most.unplaced, unplaced.length);
    most.containers = Math.max(most.containers, containers.length);
    await delay(200);
  }
  return most;
}

async function setLabel(label: string | undefined): Promise<void> {
  const [node] = await lab.docker.listNodes();
  if (node === undefined) throw new Error('the swarm has no node');
  const { Version, Spec } = node as { Version: { Index: number }; Spec: object };
  const Labels = label === undefined ? {} : { [label]: 'yes' };
  await lab.docker.getNode(node.ID).update({ version: Version.Index, ...Spec, Labels });
}

const list = (length: number) => Array.from({ length }, (_, i) => i);

describe.each([
  ['one job of a high priority', 'one', [SCALE.unplaced]],
  ['as many jobs', 'many', list(SCALE.unplaced).map(() => 1)],
])('tasks that fit nowhere, as %s', (_, label, jobs) => {
  let ids: string[];

  afterAll(() => setLabel(undefined));

  test('keep no place from the others', async () => {
    const placement = { constraints: [`node.labels.${label}==yes`] };
    const spec = { image, args: ['true'], placement, priority: 1000, backoffLimit: 0 };
    const over = new AbortController();
    const watching = watchEngine(over.signal);
    ids = [];
    for (const completions of jobs) ids.push(await swarmer.create({ ...spec, completions }));
    const besideMs = await sleepersTake(3 * aloneMs + 60_000).finally(() => over.abort());
    const most = await watching;
    const report = `${Math.round(besideMs)} ms beside, ${Math.round(aloneMs)} ms alone`;
    process.stdout.write(`unplaced as ${label}: ${report}, ${JSON.stringify(most)}\n`);
    expect.soft(most.containers).toBeLessThanOrEqual(SCALE.slots);
    expect.soft(mostAtOnce(runs.all)).toBeLessThanOrEqual(SCALE.slots);
    // One stands for all of its job; of all jobs there are no more than there are places.
    expect.soft(most.unplaced).toBeLessThanOrEqual(Math.min(jobs.length, SCALE.slots));
    expect.soft(most.services).toBeLessThanOrEqual(2 * SCALE.slots);
    expect(besideMs).toBeLessThanOrEqual(1.15 * aloneMs + SCALE.allowedMs);
  }, 900_000);

  test('start as soon as a node has what they ask for', async () => {
    await setLabel(label);
    const labelledAt = Date.now();
    const phases = await Promise.all(ids.map(async (id) => (await swarmer.finished(id)).__phase));
    expect(new Set(phases)).toEqual(new Set(['Complete']));
    const starts = ids.flatMap((id) => runs.of(id)).map(({ startedAt }) => startedAt - labelledAt);
    process.stdout.write(`unplaced as ${label}: the last starts after ${Math.max(...starts)} ms\n`);
    expect(starts).toHaveLength(SCALE.unplaced);
    expect(Math.max(...starts)).toBeLessThanOrEqual(PLACED_MS);
    const attempts = await Promise.all(ids.map(async (id) => (await swarmer.status(id)).tasks));
    expect(attempts.flat().map((task) => task.attempts)).toEqual(list(SCALE.unplaced).map(() => 1));
  });
});

test('a task that fits nowhere does not stand for one of its job that waits for room', async () => {
  const { NCPU } = (await lab.docker.info()) as { NCPU: number };
  const all = { reservations: { cpus: NCPU } };
  const holder = await swarmer.create({ image, args: ['sleep', '15'], resources: all });
  await runs.started([holder], 1);
  const nowhere = { reservations: { memory: '500g' } };
  const tasks = [
    ...list(SCALE.slots).map((i) => ({ name: `never-${i}`, args: ['true'], resources: nowhere })),
    ...list(2).map((i) => ({ name: `later-${i}`, args: ['true'], resources: all })),
  ];
  const mixed = await swarmer.create({ image, tasks, backoffLimit: 0 });
  await swarmer.finished(holder);
  const freedAt = runs.of(holder)[0]?.endedAt ?? 0;
  const ran = () => runs.of(mixed).length === 2;
  await waitFor(ran, { what: 'both that wait for room to run', timeoutMs: 30_000 });
  const starts = runs.of(mixed).map(({ startedAt }) => startedAt - freedAt);
  expect(Math.max(...starts)).toBeLessThanOrEqual(PLACED_MS);
  const counted = async () => {
    const { tasks: seen } = await swarmer.status(mixed);
    return seen.filter(({ status }) => status === 0).length === 2;
  };
  await waitFor(counted, { what: 'both to be counted' });
  await swarmer.post(`/v1/jobs/${mixed}/cancel`, {});
  const { tasks: results } = await swarmer.finished(mixed);
  expect(results.map(({ status }) => status)).toEqual([
    ...list(SCALE.slots).map(() => null),
    ...[0, 0],
  ]);
});
