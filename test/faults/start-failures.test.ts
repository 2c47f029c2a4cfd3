import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LABELS } from '../../internal/apis/index.ts';
import { classifyAttempt } from '../../internal/swarm/index.ts';
import { observedTask, type RawTask } from '../../internal/swarm/translate.ts';
import { giveBridges, takeBridges } from '../lab/bridges.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { giveRuntime, takeRuntime } from '../lab/runtime.ts';
import { waitFor } from '../lab/wait.ts';
import { Swarmer } from '../support/swarmer.ts';

/*
 * What is not started, by the fault of its job or of its node, on a swarm of one node. Of a swarm of three:
 * faulty-node.test.ts. What engines say: internal/swarm/testing/start-failures.ts.
 */

let lab: Lab;
let image: string;
let swarmer: Swarmer;
let overlay: string;

beforeAll(async () => {
  lab = await startLab({ swarm: true, images: ['busybox'] });
  image = await lab.ensureImage('busybox');
  overlay = await lab.createOverlay('start-failures');
  const policy = fileURLToPath(new URL('../support/open-policy.yaml', import.meta.url));
  swarmer = await new Swarmer(lab, { env: { SWARMER_POLICY: policy } }).start();
});

afterAll(async () => {
  await swarmer.end();
  await lab.stop();
});

const volume = (options: Record<string, string>) => ({
  mounts: [
    {
      type: 'volume',
      source: 'start-failures',
      target: '/x',
      volume: { driver: { name: 'local', options } },
    },
  ],
});

describe('what a job asks wrongly is rejected at once, whatever its words', () => {
  test.each<[string, object]>([
    [
      'a log endpoint of gelf that refuses',
      { logDriver: { name: 'gelf', options: { 'gelf-address': 'tcp://127.0.0.1:9' } } },
    ],
    [
      'a log endpoint of fluentd that refuses',
      { logDriver: { name: 'fluentd', options: { 'fluentd-address': '127.0.0.1:9' } } },
    ],
    [
      'a log endpoint of syslog that refuses',
      { logDriver: { name: 'syslog', options: { 'syslog-address': 'tcp://127.0.0.1:9' } } },
    ],
    [
      'a volume of a device that is not there',
      volume({ type: 'none', o: 'bind', device: '/tmp/task already exists' }),
    ],
    ['a user that the image does not have', { user: 'context-canceled' }],
    [
      'a folder on a file of the image',
      { mounts: [{ type: 'bind', source: '/usr', target: '/etc/passwd' }] },
    ],
  ])('%s', async (_what, asked) => {
    const id = await swarmer.create({
      image,
      args: ['true'],
      completions: 1,
      backoffLimit: 0,
      ...asked,
    });
    const { tasks } = await swarmer.finished(id);
    expect(tasks).toMatchObject([{ status: null, reason: 'Rejected', attempts: 1 }]);
  });

  test('a command that is not there has the status of a shell', async () => {
    const names = [
      '/opt/check-connection refused',
      '/opt/already exists',
      `/opt/task ${'a'.repeat(64)}: already exists`,
      '/opt/context canceled',
      '/opt/x: no space left on device',
      '/opt/ttrpc: closed: unknown',
    ];
    const tasks = names.map((name, i) => ({ name: `t${i}`, args: [name] }));
    const id = await swarmer.create({ image, tasks, backoffLimit: 0 });
    const ended = await swarmer.finished(id);
    expect(ended.tasks.map(({ status, attempts }) => [status, attempts])).toEqual(
      names.map(() => [127, 1]),
    );
  });
});

describe('a task that cannot be connected to its networks', () => {
  test.each([
    ['host and another', () => ['host', overlay]],
    ['host and the default one', () => ['host', 'bridge']],
    ['host and two others', () => ['host', overlay, 'bridge']],
  ])('was not started: %s', async (_what, networks) => {
    const service = await lab.docker.createService({
      TaskTemplate: {
        ContainerSpec: { Image: image, Command: ['true'] },
        RestartPolicy: { Condition: 'none' },
        Networks: networks().map((Target) => ({ Target })),
      },
      EndpointSpec: { Mode: 'dnsrr' },
    });
    const ended = async () => {
      const [task] = (await lab.docker.listTasks({
        filters: { service: [service.id] },
      })) as RawTask[];
      return ['rejected', 'failed'].includes(task?.Status?.State ?? '') ? task : undefined;
    };
    const task = await waitFor(ended, { what: 'the task not to be started', timeoutMs: 30_000 });
    await lab.docker.getService(service.id).remove();
    expect(classifyAttempt([observedTask(task)], new Map())).toMatchObject({ kind: 'rejected' });
  });
});

/** Of the one node. */
async function setAvailability(Availability: 'active' | 'pause'): Promise<void> {
  const [node] = await lab.docker.listNodes();
  const update = { version: node?.Version?.Index ?? 0, ...node?.Spec, Availability };
  await lab.docker.getNode(node?.ID ?? '').update(update);
}

interface JobEvent {
  type: string;
  attempt?: number;
  reason?: string;
}

describe('what an engine that was restarted has left behind', () => {
  // As it is when the engine ends between making a container and noting that; 28.5 knows it again and starts it.
  test('is no fault of the job: a container of the name of that of a task', async () => {
    await setAvailability('pause');
    const id = await swarmer.create({ image, args: ['true'], completions: 1, backoffLimit: 0 });
    const filters = { label: [`${LABELS.job}=${id}`] };
    const waiting = async () => ((await lab.docker.listTasks({ filters })) as RawTask[])[0];
    const task = await waitFor(waiting, { what: 'the task to wait for a node' });
    const [service] = await lab.docker.listServices({ filters });
    const name = `${service?.Spec?.Name}.1.${task.ID}`;
    await lab.docker.createContainer({ Image: image, name, Cmd: ['true'] });
    await setAvailability('active');
    const { tasks } = await swarmer.finished(id);
    expect(tasks).toMatchObject([{ status: 0 }]);
    const response = await swarmer.request(`/v1/jobs/${id}/events`);
    const { items } = (await response.json()) as { items: JobEvent[] };
    const restarted = { attempt: 1, reason: 'EngineRestarted' };
    const lost = tasks[0]?.attempts === 1 ? [] : [restarted];
    expect(items.filter(({ type }) => type === 'Lost')).toMatchObject(lost);
  });
});

describe('what the node cannot start', () => {
  test('is tried again until it can: 40 tasks, and no bridges for 10 s', async () => {
    const bridges = await takeBridges(lab.manager);
    const spec = { image, args: ['true'], completions: 40, backoffLimit: 3, lossLimit: 0 };
    const id = await swarmer.create(spec);
    await delay(10_000);
    await giveBridges(lab.manager, bridges);
    const { tasks, __phase } = await swarmer.finished(id, 120_000);
    expect(__phase).toBe('Complete');
    expect(tasks.every(({ status }) => status === 0)).toBe(true);
    // In 10 s four at the most, after 0, 1, 3 and 7 s, and the one that succeeds.
    expect(Math.max(...tasks.map(({ attempts }) => attempts))).toBeLessThanOrEqual(5);
  });

  // The engine gives a runtime that is missing the status of a command that is.
  test('has no status, and a reason that rules of the failure policy can name', async () => {
    await takeRuntime(lab.manager);
    const failurePolicy = [{ action: 'FailTask', onReasons: ['NodeFault'] }];
    const id = await swarmer.create({ image, args: ['true'], completions: 1, failurePolicy });
    const { tasks } = await swarmer.finished(id);
    await giveRuntime(lab.manager);
    expect(tasks).toMatchObject([{ status: null, reason: 'NodeFault', attempts: 1 }]);
    expect(tasks[0]?.message).toMatch(/OCI runtime/);
  });
});
