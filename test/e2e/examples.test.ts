import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readManifests } from '../../internal/manifest/index.ts';
import { injectLab } from '../lab/inject.ts';
import { waitFor } from '../lab/wait.ts';
import { Swarmer } from '../support/swarmer.ts';

const lab = injectLab();
const folder = fileURLToPath(new URL('../../manifests/examples/', import.meta.url));
const swarmer = new Swarmer(lab, { env: { SWARMER_INSTANCE: 'examples' } });
const JOBS = '/v1/namespaces/default/jobs';

interface JobAnswer {
  metadata: { name: string; uid: string; ownerReference?: { name: string } };
  spec: { completions?: number };
  status: { phase: string; counts: Record<string, number>; conditions: { reason: string }[] };
}

interface Expected {
  phase: string;
  reason: string;
  counts: Record<string, number>;
  /** Status, or reason where there is none, of tasks by their name. */
  tasks?: Record<string, number | string>;
}

const all = (total: number): Expected => ({
  ...{ phase: 'Complete', reason: 'TasksSucceeded' },
  counts: { total, succeeded: total },
});

/** What each job comes to by itself. */
const ENDS: Record<string, Expected> = {
  '01-hello.yaml': all(1),
  '02-tasks.yaml': all(3),
  '03-env-resources.yaml': all(2),
  '04-indexed.yaml': all(24),
  '05-retry.yaml': all(1),
  '06-deadlines.yaml': {
    ...{ phase: 'Failed', reason: 'DeadlineExceeded' },
    counts: { total: 3, succeeded: 1 },
    tasks: { 'in-time': 0, slow: 'Timeout', stuck: 'CancelRequested' },
  },
  '07-good-enough.yaml': {
    ...{ phase: 'Complete', reason: 'SuccessPolicy' },
    // On a slow machine the third may succeed before "unlucky" has failed, which is then cancelled.
    counts: { total: 6, succeeded: 3, pending: 0 },
    tasks: { first: 0, second: 0, third: 0 },
  },
  '08-report.yaml': all(1),
  '09-callback.yaml': all(1),
  '12-template.yaml': all(4),
};

/** Those that somebody has to do something with. */
const STEERED = ['10-suspended.yaml', '11-cron.yaml'];

beforeAll(async () => {
  // No registry is reached here: the engine falls back to the image that it has under this name.
  const image = lab.docker.getImage(await lab.ensureImage('busybox'));
  await image.tag({ repo: 'busybox', tag: 'stable' });
  await swarmer.start();
});

afterAll(async () => {
  await swarmer.end();
});

function manifestOf(path: string): { kind: string; spec: Record<string, unknown> } {
  const { documents, faults } = readManifests(readFileSync(path, 'utf8'), path);
  expect(faults).toEqual([]);
  expect(documents).toHaveLength(1);
  return documents[0]?.value as { kind: string; spec: Record<string, unknown> };
}

async function created(path: string, body: unknown): Promise<JobAnswer> {
  const response = await swarmer.post(path, body);
  const text = await response.text();
  expect([response.status, text]).toEqual([201, expect.anything()]);
  return JSON.parse(text) as JobAnswer;
}

async function job(name: string): Promise<JobAnswer> {
  return (await (await swarmer.request(`${JOBS}/${name}`)).json()) as JobAnswer;
}

function ended(name: string): Promise<JobAnswer> {
  const look = async () => {
    const found = await job(name);
    return found.status.phase === 'Running' ? undefined : found;
  };
  return waitFor(look, { what: `${name} to end`, timeoutMs: 100_000 });
}

test('every example is in this test, and in the list of the README', () => {
  const names = readdirSync(folder).sort();
  expect(names).toEqual([...Object.keys(ENDS), ...STEERED].sort());
  const list = readFileSync(join(folder, '../README.md'), 'utf8');
  expect(names.filter((name) => !list.includes(`\`${name}\``))).toEqual([]);
});

// Beside one another: each is a job of its own, and most of the time is waiting for containers.
describe.concurrent('an example runs as it stands, to the end that it states', () => {
  test.each(Object.entries(ENDS))('%s', async (file, { phase, reason, counts, tasks }) => {
    const manifest = manifestOf(join(folder, file));
    // As it stands it takes minutes; manifests/README.md says so.
    if (manifest.spec['completions'] === 1000) manifest.spec['completions'] = 24;
    const { metadata } = await created(JOBS, manifest);
    const { status } = await ended(metadata.name);
    const body = await swarmer.status(metadata.uid);
    const came = body.tasks.map((task) => [task.name, task.status ?? task.reason]);
    expect([status.phase, status.conditions[0]?.reason, came]).toEqual([
      ...[phase, reason, expect.anything()],
    ]);
    expect(status.counts).toMatchObject(counts);
    expect(Object.fromEntries(came)).toMatchObject(tasks ?? {});
    expect(readFileSync(join(folder, file), 'utf8')).toContain(`# Ends: ${phase}`);
  });
});

test('10-suspended.yaml waits until it is resumed', async () => {
  const { metadata } = await created(JOBS, manifestOf(join(folder, '10-suspended.yaml')));
  const other = await swarmer.create({ image: 'busybox:stable', args: ['true'] });
  await swarmer.finished(other);
  expect((await job(metadata.name)).status).toMatchObject({
    phase: 'Running',
    counts: { pending: 1 },
  });
  expect((await swarmer.post(`${JOBS}/${metadata.name}/resume`, {})).status).toBe(200);
  expect((await ended(metadata.name)).status.phase).toBe('Complete');
});

test('11-cron.yaml makes a job when it is triggered', async () => {
  const crons = '/v1/namespaces/default/cronjobs';
  const { metadata } = await created(crons, manifestOf(join(folder, '11-cron.yaml')));
  const made = await created(`${crons}/${metadata.name}/trigger`, {});
  expect(made.metadata.ownerReference).toMatchObject({ kind: 'CronJob', name: 'nightly' });
  expect((await ended(made.metadata.name)).status.phase).toBe('Complete');
});

test('the output, attempts and environment of examples are what their heads promise', async () => {
  const tasksOf = async (name: string) => {
    const { metadata } = await job(name);
    return (await swarmer.status(metadata.uid)).tasks;
  };
  expect((await tasksOf('retry'))[0]).toMatchObject({ attempts: 3 });
  const indexed = await tasksOf('indexed');
  expect(indexed[7]).toMatchObject({ attempts: 2 });
  expect(indexed[23]?.result.stdout).toBe('part 23 of 24, seed seed-23\n');
  expect((await tasksOf('env-resources')).map(({ result }) => result.stdout)).toEqual([
    'hello, world\n',
    'hello, everybody\n',
  ]);
  expect((await tasksOf('report'))[0]?.result.stdout).toBe('counted 3 sheep\n');
  expect((await tasksOf('callback'))[0]?.result).toMatchObject({ truncated: true });
});

test('the stack mounts manifests that are right where its server looks for them', () => {
  const path = join(folder, '../stack/apply-config.yml');
  const { services, configs } = parse(readFileSync(path, 'utf8'), { strict: true }) as {
    services: {
      swarmer: { command: string[]; configs: { source: string; target: string }[] };
    };
    configs: Record<string, { name: string; file: string }>;
  };
  const { command, configs: mounted } = services.swarmer;
  const directory = command[command.indexOf('--apply') + 1];
  expect(directory).toMatch(/^\//);
  expect(mounted.map(({ source }) => source).sort()).toEqual(Object.keys(configs).sort());
  expect(mounted.map(({ target }) => dirname(target))).toEqual(mounted.map(() => directory));
  for (const { name, file } of Object.values(configs)) {
    expect(name).toMatch(/-v\d+$/);
    const manifest = join(dirname(path), file);
    expect(existsSync(manifest)).toBe(true);
    expect(manifestOf(manifest).kind).toMatch(/^(Cron)?Job$/);
  }
});
