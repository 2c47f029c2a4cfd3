import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { JobSpec } from '../../internal/apis/index.ts';
import { isTerminal } from '../../internal/swarm/index.ts';
import { startLab } from '../lab/lab.ts';
import { engineOf } from '../lab/swarm.ts';
import { waitFor } from '../lab/wait.ts';
import { served } from '../support/served.ts';
import { FIELDS, LAB } from './template-fields.ts';

const { kind, value } = LAB.resource;
const lab = await startLab({
  swarm: { managers: 1, workers: 2 },
  engineArgs: ['--node-generic-resource', `${kind}=${value}`],
});
afterAll(() => lab.stop());
const { docker } = lab;
const image = await lab.ensureImage('busybox');
const unhealthy = 'e2e/unhealthy:1';
const base64 = (text: string) => Buffer.from(text).toString('base64');
await Promise.all([
  docker.createSecret({ Name: LAB.secret, Data: base64('the secret') }),
  docker.createConfig({ Name: LAB.config, Data: base64('{{.Node.ID}}') }),
  docker.createNetwork({
    ...{ Name: LAB.network, Driver: 'overlay' },
    IPAM: { Config: [{ Subnet: LAB.subnet }] },
  }),
  lab.buildImage(unhealthy, image, {}, { HealthCmd: 'false' }),
]);
const [, zoneB] = lab.nodes;
if (zoneB === undefined) throw new Error('the lab has no second node');
const zoneBId = await nodeIdOf(zoneB.hostname);
const zoneBNode = await docker.getNode(zoneBId).inspect();
await docker.getNode(zoneBId).update({
  ...{ version: zoneBNode.Version.Index },
  ...{ ...zoneBNode.Spec, Labels: { zone: 'b' } },
});
const { swarmer } = await served(lab, {
  SWARMER_INSTANCE: 'template',
  SWARMER_POLICY: fileURLToPath(new URL('../support/open-policy.yaml', import.meta.url)),
  SWARMER_MAX_CONCURRENT_TASKS: '60',
});

async function nodeIdOf(hostname: string): Promise<string> {
  const nodes = (await docker.listNodes()) as { ID: string; Description: { Hostname: string } }[];
  return nodes.find(({ Description }) => Description.Hostname === hostname)?.ID ?? '';
}

/** Starts a job of one task, which runs a script. */
function start(script: string, spec: Partial<JobSpec> = {}): Promise<string> {
  return swarmer.create({ image, backoffLimit: 0, args: ['sh', '-c', script], ...spec });
}

async function ended(id: string) {
  const { tasks } = await swarmer.finished(id);
  const [task] = tasks;
  if (task === undefined) throw new Error(`job ${id} has no task`);
  return task;
}

/** Ids of the nodes that a job's attempts ran on. */
async function nodesOf(id: string): Promise<(string | undefined)[]> {
  const response = await swarmer.request(`/v1/jobs/${id}/tasks`);
  const { items } = (await response.json()) as { items: { node?: string }[] };
  return items.map(({ node }) => node);
}

// They all run side by side: each test awaits its own.
const jobs = FIELDS.map((field) => ({ ...field, id: start(field.script, field.spec) }));

describe('the task sees of the template', () => {
  test.each(jobs)('$field $spec', async ({ id, prints }) => {
    const { result, status, message } = await ended(await id);
    expect({ status, message, stderr: result.stderr }).toMatchObject({ status: 0, stderr: '' });
    if (typeof prints === 'string') expect(result.stdout).toBe(prints);
    else expect(result.stdout).toMatch(prints);
  });

  test('a health check of its image is off: it is neither waited for nor does it kill', async () => {
    const id = await start('sleep 3; echo lived', { image: unhealthy });
    expect(await ended(id)).toMatchObject({ status: 0, result: { stdout: 'lived\n' } });
  });
});

describe.concurrent('where the task runs', () => {
  test('placement.constraints choose its node', async () => {
    const constraints = ['node.labels.zone == b'];
    const id = await start('true', { placement: { constraints } });
    expect(await ended(id)).toMatchObject({ status: 0 });
    expect(await nodesOf(id)).toEqual([zoneBId]);
  });

  test('placement.platforms leave out nodes of other platforms', async () => {
    const only = (architecture: string) => ({
      placement: { platforms: [{ os: 'linux', architecture }] },
    });
    const ids = await Promise.all([
      start('true', only(process.arch === 'x64' ? 'amd64' : 'arm64')),
      start('true', { ...only('s390x'), startDeadlineSeconds: 3 }),
    ]);
    const [here, nowhere] = await Promise.all(ids.map(ended));
    expect(here).toMatchObject({ status: 0 });
    expect(nowhere).toMatchObject({
      ...{ status: null, reason: 'StartDeadlineExceeded' },
      message: expect.stringMatching(/unsupported platform/),
    });
  });
});

describe('what a task cannot see is as the template says', () => {
  // A volume of its own: one that another task has made on the node first has no labels.
  const volume = `${LAB.volume}-labelled`;
  const signals = join(lab.dir, 'signals');
  mkdirSync(signals);
  const script =
    'trap "echo usr1 > /signals/got; exit 0" USR1; echo up > /signals/up; while :; do sleep 0.1; done';
  const read = (name: string) => {
    try {
      return readFileSync(join(signals, name), 'utf8');
    } catch {
      return undefined;
    }
  };
  const spec: Partial<JobSpec> = {
    containerLabels: { team: 'blue' },
    serviceLabels: { 'cost.centre': '7' },
    logDriver: { name: 'local', options: { 'max-size': '1m' } },
    stopSignal: 'SIGUSR1',
    placement: {
      constraints: ['node.labels.zone == b'],
      preferences: [{ spread: 'node.labels.zone' }],
    },
    mounts: [
      { type: 'bind', source: signals, target: '/signals' },
      { type: 'volume', source: volume, target: '/v', volume: { labels: { owner: 'us' } } },
    ],
  };
  const started = start(script, spec).then(async (id) => {
    await waitFor(() => read('up') === 'up\n', {
      what: 'the held task to be up',
      timeoutMs: 60_000,
    });
    return id;
  });

  test('its labels, its log driver and its volume, on its node', async () => {
    const id = await started;
    const engine = engineOf(zoneB);
    const [container] = await engine.listContainers({ filters: { label: ['team=blue'] } });
    const { Config, HostConfig } = await engine.getContainer(container?.Id ?? '').inspect();
    expect(Config.Labels).toMatchObject({ team: 'blue', 'swarmer.job': id });
    const unsaid = { 'max-file': '2', mode: 'blocking', compress: 'false' };
    expect(HostConfig.LogConfig).toEqual({
      ...{ Type: 'local', Config: { ...unsaid, 'max-size': '1m' } },
    });
    const { Volumes } = await engine.listVolumes({ filters: { label: ['owner=us'] } });
    expect(Volumes.map(({ Name }) => Name)).toEqual([volume]);
  });

  test('its service has its labels, and what its tasks are to be spread by', async () => {
    await started;
    const services = await docker.listServices({ filters: { label: ['cost.centre=7'] } });
    expect(services).toHaveLength(1);
    expect(services[0]?.Spec?.TaskTemplate?.Placement).toMatchObject({
      Preferences: [{ Spread: { SpreadDescriptor: 'node.labels.zone' } }],
    });
  });

  test('it is stopped by its own signal', async () => {
    const id = await started;
    await swarmer.post(`/v1/jobs/${id}/cancel`, {});
    await swarmer.finished(id);
    await waitFor(() => read('got') === 'usr1\n', { what: 'the signal to have arrived' });
  });
});

describe.concurrent('placement.maxPerNode', () => {
  /** The most that a node has of a job at any look until the job has ended. */
  async function watched(id: string): Promise<{ most: number; phase: string; nodes: number }> {
    const filters = { label: [`swarmer.job=${id}`] };
    const used = new Set<string>();
    let most = 0;
    for (;;) {
      const { __phase: phase } = await swarmer.status(id);
      const tasks = (await docker.listTasks({ filters })) as {
        NodeID?: string;
        Status: { State: string };
      }[];
      const live = tasks.filter(({ Status }) => !isTerminal(Status.State));
      const counts = new Map<string, number>();
      for (const { NodeID } of live) {
        if (NodeID) counts.set(NodeID, (counts.get(NodeID) ?? 0) + 1);
      }
      for (const node of counts.keys()) used.add(node);
      most = Math.max(most, ...counts.values());
      if (phase !== 'Running') return { most, phase, nodes: used.size };
    }
  }
  const job = (completions: number, placement: JobSpec['placement']) => ({
    ...{ image, completions, placement, backoffLimit: 0 },
    args: ['sh', '-c', 'sleep 0.5'],
  });

  test('is never exceeded, and reached', async () => {
    const id = await swarmer.create(job(12, { maxPerNode: 2 }));
    expect(await watched(id)).toEqual({ most: 2, phase: 'Complete', nodes: 3 });
  });

  test('of one task lets a job end that suits one node only', async () => {
    const constraints = ['node.labels.zone==b'];
    const id = await swarmer.create(job(3, { maxPerNode: 1, constraints }));
    expect(await watched(id)).toEqual({ most: 1, phase: 'Complete', nodes: 1 });
  });
});

describe.concurrent('a task that fails again and again on a node', () => {
  const spec = { retryBackoff: { baseMs: 10, maxMs: 10 } };

  test('is kept from it as long as there are others', async () => {
    const id = await start('exit 1', { ...spec, backoffLimit: 5 });
    await ended(id);
    const response = await swarmer.request(`/v1/jobs/${id}/events?limit=100`);
    const { items } = (await response.json()) as { items: { type: string; node?: string }[] };
    const nodes = items.filter(({ type }) => type === 'Failed').map(({ node }) => node);
    const times = [...new Set(nodes)].map((it) => nodes.filter((node) => node === it).length);
    expect(times).toEqual([2, 2, 2]);
  });

  test('fails there once more when its job lets it run nowhere else', async () => {
    const constraints = ['node.labels.zone==b'];
    const id = await start('exit 1', { ...spec, backoffLimit: 2, placement: { constraints } });
    // One that was kept from the node, and replaced before it ran, is none of them.
    expect(await ended(id)).toMatchObject({ status: 1, attempts: 3 });
    expect(await nodesOf(id)).toEqual([zoneBId]);
  });
});

describe.concurrent('what a job refers to and the swarm does not have', () => {
  const attempt = (spec: Partial<JobSpec>) =>
    swarmer.post('/v1/jobs', { apiVersion: 'swarmer/v1', kind: 'Job', spec: { image, ...spec } });

  test('is refused at its submission, with its place', async () => {
    const response = await attempt({ networks: [LAB.network, 'nowhere'], secrets: ['nothing'] });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      errors: [
        { path: 'spec.networks[1]', message: /the swarm has no network "nowhere"/ },
        { path: 'spec.secrets[0]', message: /the swarm has no secret "nothing"/ },
      ].map(({ path, message }) => ({ path, message: expect.stringMatching(message) })),
    });
  });

  test('may have been made just before', async () => {
    await docker.createSecret({ Name: 'just-made', Data: base64('new') });
    const id = await start('cat /run/secrets/just-made', { secrets: ['just-made'] });
    expect(await ended(id)).toMatchObject({ status: 0, result: { stdout: 'new' } });
  });

  test('rejects the attempt when it went after the submission, and says what to do', async () => {
    const secret = await docker.createSecret({ Name: 'short-lived', Data: base64('x') });
    const id = await start('true', { secrets: ['short-lived'], suspend: true });
    await secret.remove();
    await swarmer.post(`/v1/jobs/${id}/resume`, {});
    expect(await ended(id)).toMatchObject({
      ...{ status: null, reason: 'Rejected' },
      message: expect.stringMatching(
        /no secret "short-lived": create it with "docker secret create/,
      ),
    });
  });
});
