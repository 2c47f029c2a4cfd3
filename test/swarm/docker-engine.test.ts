import { afterAll, describe, expect, test } from 'vitest';
import type { Evidence, JobSpec, TaskSpec } from '../../internal/apis/index.ts';
import { systemClock } from '../../internal/clock/clock.ts';
import { classifyAttempt, DockerEngine, serviceSpec } from '../../internal/swarm/index.ts';
import { injectLab } from '../lab/inject.ts';
import { waitFor } from '../lab/wait.ts';

const lab = injectLab();
const owner = { instance: 'engine-test', storeId: '01STORE' };
const engine = new DockerEngine({
  target: { socketPath: lab.dockerSocket },
  instance: owner.instance,
  clock: systemClock,
});
const image = await lab.ensureImage('busybox');
const created: string[] = [];
let nextIndex = 0;

afterAll(async () => {
  for (const id of created) await engine.removeService(id);
});

function specOf(command: string[], args: string[] = [], other: Partial<JobSpec> = {}) {
  const id = { jobUid: '01JGFJJZ000000000000000000', index: nextIndex++, attempt: 1 };
  const job = { image, backoffLimit: 0, lossLimit: 10, outputLimitBytes: 1000, command, ...other };
  const task: TaskSpec = { name: 'task', args };
  return serviceSpec({ owner, id, job, task, reportUrl: 'http://127.0.0.1/result/{{x}}' });
}

async function start(...spec: Parameters<typeof specOf>): Promise<string> {
  const { id } = await engine.createService(specOf(...spec));
  created.push(id);
  return id;
}

async function evidenceOf(serviceId: string): Promise<Evidence> {
  const tasks = (await engine.listTasks()).filter((task) => task.serviceId === serviceId);
  return classifyAttempt(tasks, new Map());
}

function ended(serviceId: string): Promise<Evidence> {
  return waitFor(
    async () => {
      const found = await evidenceOf(serviceId);
      return ['ended', 'rejected', 'lost'].includes(found.kind) ? found : undefined;
    },
    { what: `service ${serviceId} to end`, timeoutMs: 60_000 },
  );
}

/** Runs to an end of some kind. */
async function run(...spec: Parameters<typeof specOf>) {
  const serviceId = await start(...spec);
  const evidence = await ended(serviceId);
  const taskId = 'trace' in evidence ? evidence.trace.swarmTaskId : '';
  return { serviceId, evidence, log: () => engine.taskLogs(taskId, 1000) };
}

const sh = (script: string) => ['sh', '-c', script];

describe('DockerEngine on a real swarm', () => {
  test('tells that it is a manager, and of which swarm', async () => {
    const info = await engine.info();
    expect(info).toMatchObject({ manager: true, swarmState: 'active' });
    expect(info.clusterId).not.toBe('');
    expect(info.nodeAddress).toBe(lab.manager.address);
    expect(await engine.listNodes()).toMatchObject([{ id: info.nodeId, state: 'ready' }]);
  });

  test.each([0, 3, 127, 137])('an exit with %i arrives as it is', async (code) => {
    const { evidence } = await run(sh(`exit ${code}`));
    expect(evidence).toMatchObject({ kind: 'ended', exitStatus: code });
  });

  test('a process ended by SIGKILL from outside has ended with 137', async () => {
    const serviceId = await start(['sleep', '600']);
    const containerId = await waitFor(
      async () => {
        const tasks = await engine.listTasks();
        const task = tasks.find((it) => it.serviceId === serviceId && it.state === 'running');
        return task?.containerId;
      },
      { what: 'the container to run' },
    );
    await lab.docker.getContainer(containerId).kill();
    const evidence = await ended(serviceId);
    expect(evidence).toMatchObject({ kind: 'ended', exitStatus: 137 });
    expect(evidence).not.toHaveProperty('oomKilled');
  });

  test('a process that the kernel kills for its memory is told apart from that', async () => {
    const resources = { limits: { memory: '8m' } };
    const { evidence } = await run(['tail', '/dev/zero'], [], { resources });
    expect(evidence).toMatchObject({ kind: 'ended', exitStatus: 137, oomKilled: true });
  });

  test('a command that is not in the image is 127, with the words of the engine', async () => {
    const { evidence } = await run(['/no/such/program']);
    expect(evidence).toMatchObject({
      kind: 'ended',
      exitStatus: 127,
      message: expect.stringMatching(/no such file|not found/),
    });
  });

  test('an image that is nowhere is rejected with the words of the engine', async () => {
    const { evidence } = await run(['true'], [], { image: 'example.com/none:1' });
    expect(evidence).toMatchObject({
      kind: 'rejected',
      message: expect.stringMatching(/No such image/),
    });
  });

  test('a broken image name is refused at once', async () => {
    const refused = engine.createService(specOf(['true'], [], { image: 'UPPER CASE' }));
    await expect(refused).rejects.toMatchObject({ code: 'Invalid' });
  });

  test('stdout and stderr are apart, and the last bytes of each are kept', async () => {
    const { log } = await run(sh('head -c 3000 /dev/zero | tr "\\0" a; printf b; echo oops >&2'));
    const { stdout, stderr, summary } = await log();
    expect(stderr.toString()).toBe('oops\n');
    expect(stdout.toString()).toBe(`${'a'.repeat(999)}b`);
    expect(summary).toMatchObject({
      stdout: { bytes: 3001, truncated: true },
      stderr: { bytes: 5, truncated: false },
      log: { state: 'truncated' },
    });
  });

  test('arguments and environment reach the process as typed', async () => {
    const args = ['{{ .Node.ID }}', 'a,b', '', ' quo"te\'s ', 'two\nlines', '{{{'];
    const show =
      'for a; do printf "<%s>" "$a"; done; printf "%s" "$SWARMER_TASK_ARGS|$SWARMER_ADDRESS"';
    const { log } = await run([...sh(show), 'sh'], args);
    const typed = args.map((arg) => `<${arg}>`).join('');
    const { stdout } = await log();
    expect(stdout.toString()).toBe(`${typed}${JSON.stringify(args)}|http://127.0.0.1/result/{{x}}`);
  });

  test('a log that is empty is complete, and one of a task that is not there fails', async () => {
    const { log } = await run(['true']);
    expect((await log()).summary.log).toEqual({ state: 'complete' });
    await expect(engine.taskLogs('nosuchtask', 1000)).rejects.toMatchObject({ status: 404 });
  });

  test('creating the same attempt again adopts it, and removing it again is success', async () => {
    const spec = specOf(['true']);
    const first = await engine.createService(spec);
    expect(await engine.createService(spec)).toEqual({ id: first.id, adopted: true });
    await engine.removeService(first.id);
    await engine.removeService(first.id);
    expect((await engine.listServices()).map((service) => service.id)).not.toContain(first.id);
  });

  test('a name that is taken by a service of somebody else is a conflict', async () => {
    const spec = specOf(['true']);
    const foreign = await engine.createService({ ...spec, Labels: {} });
    created.push(foreign.id);
    await expect(engine.createService(spec)).rejects.toMatchObject({ code: 'NameConflict' });
  });

  test('a service of another instance is not seen', async () => {
    const other = new DockerEngine({
      target: { socketPath: lab.dockerSocket },
      instance: 'engine-test-2',
      clock: systemClock,
    });
    await start(['sleep', '60']);
    expect(await other.listServices()).toEqual([]);
    expect(await other.listTasks()).toEqual([]);
  });

  test('the events of a container name its attempt, until the watch is ended', async () => {
    const end = new AbortController();
    const seen: string[] = [];
    const watch = engine.watch(({ action, attempt }) => {
      seen.push(`${action} ${attempt?.index}`);
    }, end.signal);
    const index = nextIndex;
    await run(['true']);
    await waitFor(() => seen.includes(`die ${index}`), { what: 'the die event' });
    expect(seen).toContain(`start ${index}`);
    end.abort();
    await watch;
  });
});
