import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../internal/clock/clock.ts';
import { DockerEngine, serviceSpec } from '../../internal/swarm/index.ts';
import { startDockerd, stopDockerd } from '../lab/dockerd.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { backInSwarm } from '../lab/node-faults.ts';
import { waitFor } from '../lab/wait.ts';
import { Receiver } from '../support/receiver.ts';
import { Swarmer } from '../support/swarmer.ts';

const NETWORK = 'tasks';
let lab: Lab;
let receiver: Receiver;
let swarmer: Swarmer;
let image: string;

beforeAll(async () => {
  lab = await startLab({ swarm: { managers: 1, workers: 2 } });
  image = await lab.ensureImage('busybox');
  await lab.docker.createNetwork({ Name: NETWORK, Driver: 'overlay', Attachable: true });
  await onlyWorkersRunTasks();
  receiver = await Receiver.start();
  const env = { SWARMER_INSTANCE: 'workers', RUNNER_NETWORK: NETWORK };
  swarmer = await new Swarmer(lab, { env }).start();
});

afterAll(async () => {
  await swarmer.end();
  await receiver.stop();
  await lab.stop();
});

/** Of the manager's own engine the server knows more: it is connected to it. */
async function onlyWorkersRunTasks(): Promise<void> {
  const { Swarm } = (await lab.docker.info()) as { Swarm: { NodeID: string } };
  const manager = lab.docker.getNode(Swarm.NodeID);
  const { Version, Spec } = (await manager.inspect()) as {
    Version: { Index: number };
    Spec: object;
  };
  await manager.update({ version: Version.Index, ...Spec, Availability: 'pause' });
}

/* A node's record changes with the first and after the last task on it that has a network, as it does
   when its engine is restarted. */
test('tasks with a network end as their processes do, once, and with the log they wrote', async () => {
  const scripts = ['echo 0', 'sleep 1; echo 1; exit 1', 'echo 2', 'sleep 1', 'exit 4', 'true'];
  const tasks = scripts.map((script, i) => ({
    task_name: `t${i}`,
    task_args: ['sh', '-c', script],
  }));
  // One by one, so that each is the first and the last on its node.
  for (const task of tasks) {
    const path = `/${task.task_name}`;
    await swarmer.submit({ image_name: image, callback_url: receiver.url(path), tasks: [task] });
    await receiver.delivery(path);
  }
  const results = tasks.map(({ task_name }) => receiver.at(`/${task_name}`)[0]?.body.tasks[0]);
  expect(results.map((task) => [task?.status, task?.result.stdout, task?.attempts])).toEqual([
    [0, '0\n', 1],
    [1, '1\n', 1],
    [0, '2\n', 1],
    [0, '', 1],
    [4, '', 1],
    [0, '', 1],
  ]);
  // Of an empty log of another node nothing tells whether its container was still there.
  const [all, none] = ['complete', 'partial'];
  const logs = results.map((task) => task?.result.log);
  expect(logs).toEqual([all, all, all, none, none, none]);
}, 120_000);

/** An engine that starts removes the containers of the tasks that had ended, logs and all. */
test('the log of a task whose engine was restarted after its end is not taken for empty', async () => {
  const target = { socketPath: lab.dockerSocket };
  const engine = new DockerEngine({ target, instance: 'logs', clock: systemClock });
  const { id } = await engine.createService(
    serviceSpec({
      owner: { instance: 'logs', storeId: '01STORE' },
      id: { jobUid: '01JGFJJZ000000000000000000', index: 0, attempt: 1 },
      job: { image, backoffLimit: 0, lossLimit: 0, outputLimitBytes: 1000 },
      task: { name: 'talks', args: ['echo', 'something'] },
    }),
  );
  const look = async () => (await engine.listTasks()).find((task) => task.state === 'complete');
  const task = await waitFor(look, { what: 'the task to end' });
  const { stdout, summary } = await engine.taskLogs(task.id, 1000);
  expect([String(stdout), summary.log.state]).toEqual(['something\n', 'complete']);

  const host = (await engine.listNodes()).find((node) => node.id === task.nodeId)?.hostname;
  const node = lab.nodes.find(({ hostname }) => hostname === host);
  if (node === undefined) throw new Error(`the task ran on ${host}, which is no node of the lab`);
  await stopDockerd(node, 'SIGTERM');
  await startDockerd(node);
  await backInSwarm(node);
  const log = await waitFor(
    () =>
      engine.taskLogs(task.id, 1000).then(
        ({ summary: { log } }) => log,
        () => undefined,
      ),
    { what: 'the log to be answered' },
  );
  const gone = {
    state: 'unavailable',
    reason: expect.stringContaining('started anew after the task had ended'),
  };
  expect(log).toMatchObject(gone);

  // The engine tells of the end once more, as one of now.
  const toldAnew = async () => ((await look())?.updatedAt ?? 0) > task.updatedAt;
  await waitFor(toldAnew, { what: 'the end to be told anew' });
  expect((await engine.taskLogs(task.id, 1000)).summary.log).toMatchObject(gone);
  await engine.removeService(id);
}, 120_000);
