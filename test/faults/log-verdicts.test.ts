import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDockerd, stopDockerd } from '../lab/dockerd.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { waitFor } from '../lab/wait.ts';
import type { ResultBody } from '../support/result-body.ts';
import { Swarmer } from '../support/swarmer.ts';

/*
 * What became of a log, by driver, option and cause, on a real engine whose own defaults drop most of what is
 * written: nothing may be told as complete of which a byte is missing.
 */

/** SWARMER_FLOOD_BYTES=2000000000 for the long form. */
const FLOOD_BYTES = Number(process.env['SWARMER_FLOOD_BYTES'] ?? 60_000_000);
const LINES = 2000;
const BYTES = 2 * LINES;
const PRINTS = `yes | head -n ${LINES}`;
/** All that a job does not name itself. */
const NODE_DEFAULTS = ['max-size=10k', 'max-file=1', 'mode=non-blocking'];

let lab: Lab;
let image: string;
let swarmer: Swarmer;

beforeAll(async () => {
  lab = await startLab({
    swarm: true,
    images: ['busybox'],
    engineArgs: ['--log-driver', 'json-file', ...NODE_DEFAULTS.flatMap((it) => ['--log-opt', it])],
  });
  image = await lab.ensureImage('busybox');
  swarmer = await new Swarmer(lab, { env: { SWARMER_POLICY: POLICY } }).start();
});

afterAll(async () => {
  await swarmer.end();
  await lab.stop();
});

const POLICY = new URL('../support/open-policy.yaml', import.meta.url).pathname;

interface LogDriver {
  name: string;
  options?: Record<string, string>;
}

const partial = (reason: string) => ({
  log: 'partial',
  log_reason: expect.stringContaining(reason),
});

const job = (script: string, logDriver?: LogDriver, more: object = {}) => ({
  ...{ image, tasks: [{ name: 't', args: ['sh', '-c', script] }] },
  ...{ backoffLimit: 0, terminationGracePeriodSeconds: 2 },
  ...(logDriver === undefined ? {} : { logDriver }),
  ...more,
});

async function resultOf(id: string): Promise<ResultBody['tasks'][number]['result']> {
  const { tasks } = await swarmer.finished(id);
  const [task] = tasks;
  if (task === undefined) throw new Error('the job has no task');
  return task.result;
}

const run = async (...args: Parameters<typeof job>) => resultOf(await swarmer.create(job(...args)));

/** The swarm task of the only task of a job. */
async function swarmTask(id: string) {
  const filters = { label: [`swarmer.job=${id}`] };
  const [task] = (await lab.docker.listTasks({ filters: JSON.stringify(filters) })) as {
    Status: { State: string; ContainerStatus?: { ContainerID: string } };
  }[];
  return task;
}

/** Has the only container of a job removed once its task is in a state. */
async function removeContainer(id: string, state: string): Promise<void> {
  const at = async () => {
    const task = await swarmTask(id);
    return task?.Status.State === state && task.Status.ContainerStatus?.ContainerID;
  };
  const container = await waitFor(at, { what: `the task to be ${state}`, timeoutMs: 30_000 });
  await lab.docker.getContainer(container).remove({ force: true });
}

describe.concurrent('what is all there', () => {
  test.each<[string, LogDriver | undefined]>([
    ['of a job that names no driver, whatever the node has by default', undefined],
    ['of json-file', { name: 'json-file' }],
    ['of local', { name: 'local' }],
    [
      'of files that hold it',
      { name: 'json-file', options: { 'max-size': '200k', 'max-file': '2' } },
    ],
    [
      'compressed when it is put aside, if it never was',
      { name: 'local', options: { compress: 'true' } },
    ],
  ])('is complete: %s', async (_, driver) => {
    expect(await run(PRINTS, driver)).toMatchObject({
      stdout: 'y\n'.repeat(LINES),
      ...{ stdout_bytes: BYTES, log: 'complete' },
    });
  });

  test('is complete where it is nothing', async () => {
    expect(await run('true')).toMatchObject({ stdout: '', log: 'complete' });
  });

  test('is truncated where only the end is kept, with the number of bytes', async () => {
    const limited = await run(PRINTS, undefined, { outputLimitBytes: 100 });
    expect(limited).toMatchObject({ stdout_bytes: BYTES, truncated: true, log: 'truncated' });
  });

  test('is complete of a cache that nothing can be kept from', async () => {
    const server = createSocket('udp4').bind(0, lab.hostAddress);
    await once(server, 'listening');
    const options = {
      'syslog-address': `udp://${lab.hostAddress}:${server.address().port}`,
      ...{ mode: 'blocking', 'cache-disabled': 'false' },
      ...{ 'cache-max-size': '20m', 'cache-max-file': '5' },
    };
    const result = await run(PRINTS, { name: 'syslog', options });
    server.close();
    expect(result).toMatchObject({ stdout_bytes: BYTES, log: 'complete' });
  });
});

describe.concurrent('what may lack something', () => {
  /** Its verdict is honest: all of it being there by chance would be no fault. */
  async function expectPartial(script: string, driver: LogDriver, reason: string) {
    const result = await run(script, driver);
    expect(result).toMatchObject(partial(reason));
    return result;
  }

  test('as its one file was emptied (moby 37646)', async () => {
    const options = { 'max-size': '10k', 'max-file': '1' };
    const result = await expectPartial(PRINTS, { name: 'json-file', options }, '"max-file" is 1');
    expect(result.stdout_bytes).toBeLessThan(BYTES);
  });

  test('as its files were put aside', async () => {
    const options = { 'max-size': '10k', 'max-file': '2' };
    const result = await expectPartial(PRINTS, { name: 'json-file', options }, 'files of 10k');
    expect(result.stdout_bytes).toBeLessThan(BYTES);
  });

  test('as its files were put aside and compressed', async () => {
    const options = { 'max-size': '10k', 'max-file': '2', compress: 'true' };
    await expectPartial(PRINTS, { name: 'json-file', options }, '"compress"');
  });

  test('as it was dropped from a buffer', async () => {
    const options = { mode: 'non-blocking', 'max-buffer-size': '1k' };
    const many = 'yes | head -n 200000';
    const result = await expectPartial(
      many,
      { name: 'json-file', options },
      '"mode": "non-blocking"',
    );
    expect(result.stdout_bytes).toBeLessThan(400_000);
  });

  test('as the server that it is sent to may have refused it', async () => {
    const options = { 'gelf-address': `udp://${lab.hostAddress}:9` };
    await expectPartial(
      PRINTS,
      { name: 'gelf', options: { ...options, mode: 'blocking' } },
      '"gelf"',
    );
  });

  test('as its server went away meanwhile', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.destroy()));
    server.listen(0, lab.hostAddress);
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const options = { 'syslog-address': `tcp://${lab.hostAddress}:${port}`, mode: 'blocking' };
    await expectPartial(`${PRINTS}; sleep 1; ${PRINTS}`, { name: 'syslog', options }, '"syslog"');
    server.close();
  });

  test('as two streams share the files: a flood on one takes the lines of the other', async () => {
    const options = { 'max-size': '20k', 'max-file': '2' };
    // The engine reads each stream by itself: the line is in the files once it can be read from them.
    const go = `go=; trap 'go=1' USR1; echo first >&2; while [ -z "$go" ]; do sleep 0.1; done`;
    const id = await swarmer.create(job(`${go}; ${PRINTS}`, { name: 'json-file', options }));
    const isWritten = async () => {
      const task = (await swarmTask(id))?.Status;
      if (task?.State !== 'running' || task.ContainerStatus === undefined) return undefined;
      const container = lab.docker.getContainer(task.ContainerStatus.ContainerID);
      return (await container.logs({ stderr: true })).includes('first') && container;
    };
    const container = await waitFor(isWritten, { what: 'the line', timeoutMs: 30_000 });
    await container.kill({ signal: 'SIGUSR1' });
    const result = await resultOf(id);
    expect(result).toMatchObject(partial('first lines'));
    expect(result.stderr_bytes).toBe(0);
  });
});

const unavailable = (reason: string) => ({
  ...{ stdout: null, log: 'unavailable', log_reason: expect.stringContaining(reason) },
});

describe.concurrent('what cannot be read', () => {
  test('as its driver keeps none', async () => {
    expect(await run(PRINTS, { name: 'none' })).toMatchObject(unavailable('"none"'));
  });

  test.each(['syslog', 'gelf'])('as the cache of %s is off', async (name) => {
    const options = { [`${name}-address`]: `udp://${lab.hostAddress}:9`, 'cache-disabled': 'true' };
    expect(await run(PRINTS, { name, options })).toMatchObject(unavailable('"cache-disabled"'));
  });

  test('as its process was never started', async () => {
    const spec = job('', undefined, { tasks: [{ name: 't', command: ['/no/such'], args: [] }] });
    expect(await resultOf(await swarmer.create(spec))).toMatchObject(unavailable('never started'));
  });

  test('as its container was removed by hand while it ran', async () => {
    const id = await swarmer.create(job(`${PRINTS}; sleep 60`));
    await removeContainer(id, 'running');
    expect(await resultOf(id)).toMatchObject(unavailable('its container was removed'));
  });
});

describe('what cannot be read after the server was down', () => {
  /** A job whose task runs while the server does, and ends after that was killed. */
  async function endedUnseen(): Promise<string> {
    const id = await swarmer.create(job(`${PRINTS}; sleep 2`));
    const is = async (state: string) => (await swarmTask(id))?.Status.State === state;
    await waitFor(() => is('running'), { what: 'the task to run' });
    await swarmer.end('SIGKILL');
    await waitFor(() => is('complete'), { what: 'the task to end', timeoutMs: 30_000 });
    return id;
  }

  test('as its container was pruned while the server was down', async () => {
    const id = await endedUnseen();
    await lab.docker.pruneContainers();
    await swarmer.start();
    expect(await resultOf(id)).toMatchObject(unavailable('its container was removed'));
  });

  test('as its engine was restarted before its log was read', async () => {
    const id = await endedUnseen();
    await stopDockerd(lab.manager, 'SIGTERM');
    await startDockerd(lab.manager);
    await swarmer.start();
    const result = await resultOf(id);
    const isThere = result.log === 'complete' && result.stdout_bytes === BYTES;
    expect(isThere || result.log === 'unavailable', JSON.stringify(result).slice(0, 300)).toBe(
      true,
    );
  });
});

/** What the log of a container takes on its node, in bytes. */
function onDisk(container: string): number {
  const dir = join(lab.manager.dir, 'data/containers', container);
  const logs = readdirSync(dir).filter((name) => name.includes('-json.log'));
  // One may be put aside meanwhile.
  const sizes = logs.map((name) => statSync(join(dir, name), { throwIfNoEntry: false })?.size ?? 0);
  return sizes.reduce((sum, size) => sum + size, 0);
}

test('what a task prints fills no more of its node than is stated', async () => {
  const script = `yes $(printf %01000d 0) | head -c ${FLOOD_BYTES}; touch /done; sleep 600`;
  const id = await swarmer.create(job(script, undefined, { outputLimitBytes: 1000 }));
  const running = async () => (await swarmTask(id))?.Status.ContainerStatus?.ContainerID;
  const container = await waitFor(running, { what: 'the container', timeoutMs: 30_000 });
  const isDone = async () => {
    const exec = await lab.docker.getContainer(container).exec({ Cmd: ['test', '-e', '/done'] });
    const answer = await exec.start({});
    await once(answer.resume(), 'end');
    return (await exec.inspect()).ExitCode === 0;
  };
  let most = 0;
  const done = async () => {
    most = Math.max(most, onDisk(container));
    return isDone();
  };
  await waitFor(done, { what: 'all to be printed', timeoutMs: 600_000 });
  // Two files of 10 MB each, as little is kept of it, and of each at most the line more that fills it.
  expect(Math.max(most, onDisk(container))).toBeLessThan(20_000_000 + 2 * 16_384);
  expect(onDisk(container)).toBeGreaterThan(10_000_000);
  // Its engine was just restarted: of a task that the server has not seen it could not read the log.
  const isSeen = async () => {
    const events = await (await swarmer.request(`/v1/jobs/${id}/events`)).text();
    return events.includes('"Running"');
  };
  await waitFor(isSeen, { what: 'the server to see it run', timeoutMs: 60_000 });
  await swarmer.post(`/v1/jobs/${id}/cancel`, {});
  const { log, log_reason } = await resultOf(id);
  expect(log, log_reason).toBe('partial');
}, 700_000);
