import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type JobSpec, referencesOf } from '../../internal/apis/index.ts';
import { parseJob } from '../../internal/apis/validation/index.ts';
import { systemClock } from '../../internal/clock/clock.ts';
import { classifyAttempt, DockerEngine, serviceSpec } from '../../internal/swarm/index.ts';
import { injectLab } from '../lab/inject.ts';
import { waitFor } from '../lab/wait.ts';

const lab = injectLab();
const owner = { instance: 'refused-specs', storeId: '01STORE' };
const engine = new DockerEngine({
  target: { socketPath: lab.dockerSocket },
  instance: owner.instance,
  clock: systemClock,
});
const image = await lab.ensureImage('busybox');
/** What the jobs refer to; each name is of a network, a secret and a config. */
const NAMES = ['refused-a', 'refused-b'] as const;
const [A, B] = NAMES;
let nextIndex = 0;

beforeAll(async () => {
  const data = Buffer.from('x').toString('base64');
  for (const Name of NAMES) {
    await lab.docker.createNetwork({ Name, Driver: 'overlay' });
    await lab.docker.createSecret({ Name, Data: data, Labels: {} });
    await lab.docker.createConfig({ Name, Data: data, Labels: {} });
  }
});

afterAll(async () => {
  for (const name of NAMES) {
    await lab.docker.getNetwork(name).remove();
    await lab.docker.getSecret(name).remove();
    await lab.docker.getConfig(name).remove();
  }
});

/** What the engine makes of a job with these fields: its refusal, or the end of its task. */
async function run(fields: object): Promise<{ words: string; output: string }> {
  const job: JobSpec = {
    ...{ image, command: ['sh', '-c', 'stat -c %a /run/secrets/* 2>/dev/null; true'] },
    ...{ backoffLimit: 0, lossLimit: 10, outputLimitBytes: 1000 },
    ...fields,
  };
  const id = { jobUid: '01JGFJJZ000000000000000000', index: nextIndex++, attempt: 1 };
  const task = { name: 'task', args: job.args ?? [] };
  let serviceId = '';
  try {
    const resolved = await engine.resolve(referencesOf(job));
    serviceId = (await engine.createService(serviceSpec({ owner, id, job, task, resolved }))).id;
  } catch (error) {
    return { words: String(error), output: '' };
  }
  try {
    return await waitFor(async () => await ended(serviceId), {
      ...{ what: `the end of ${JSON.stringify(fields)}`, timeoutMs: 60_000 },
    });
  } finally {
    await engine.removeService(serviceId);
  }
}

async function ended(serviceId: string): Promise<{ words: string; output: string } | undefined> {
  const tasks = (await engine.listTasks()).filter((it) => it.serviceId === serviceId);
  const evidence = classifyAttempt(tasks, new Map());
  if (!['ended', 'rejected', 'lost'].includes(evidence.kind)) return undefined;
  const [found] = (await lab.docker.listTasks({ filters: { service: [serviceId] } })) as {
    ID: string;
    Status: { State: string; Err?: string };
  }[];
  const { State, Err } = found?.Status ?? { State: 'gone' };
  const output = await engine.taskLogs(found?.ID ?? '', 1000);
  return { words: Err ?? State, output: output.stdout.toString() };
}

/** Paths of what is wrong with a job of these fields. */
function refusedAt(fields: object): string[] {
  const body = { apiVersion: 'swarmer/v1', kind: 'Job', spec: { image, ...fields } };
  const parsed = parseJob(body, { outputLimitBytes: 1000 });
  return parsed.ok ? [] : parsed.problems.map(({ path }) => path.replace(/^spec\./, ''));
}

const log = (name: string, options: object) => ({ logDriver: { name, options } });
const limits = (amounts: object) => ({ resources: { limits: amounts } });
const tmpfs = (target: string) => ({ mounts: [{ type: 'tmpfs', target }] });

describe('the engine refuses what is refused at submission', () => {
  test.each<[object, string, RegExp]>([
    [{ networks: ['none'] }, 'networks[0]', /network none not found/],
    [{ networks: ['host', A] }, 'networks[0]', /to any other network|endpoint join/],
    // Engine 26.1 starts it, on the other network alone.
    [{ networks: [A, 'host'] }, 'networks[1]', /host network|to any other network|^complete$/],
    [
      { networks: ['host'], sysctls: { 'net.core.somaxconn': '1024' } },
      'sysctls["net.core.somaxconn"]',
      /not allowed in host network namespace/,
    ],
    [limits({ cpus: 0.0099 }), 'resources.limits.cpus', /cpu|Range of CPUs/],
    [limits({ memory: 6_291_455 }), 'resources.limits.memory', /Minimum memory limit.*6MB/],
    [limits({ pids: 4_194_305 }), 'resources.limits.pids', /pids\.max/],
    [{ secrets: [A, { source: A, mode: '0400' }] }, 'secrets[1]', /conflicting target/],
    [{ configs: [{ source: A, target: '/' }] }, 'configs[0].target', /mounting/],
    [
      {
        secrets: [
          { source: A, target: 'a' },
          { source: B, target: 'a/b' },
        ],
      },
      'secrets[1]',
      /mounting/,
    ],
    [{ configs: [{ source: A, target: '/x' }], ...tmpfs('/x') }, 'mounts[0]', /mounting/],
    [tmpfs('/proc'), 'mounts[0].target', /starting container failed/],
    [tmpfs('/dev'), 'mounts[0].target', /\/dev\/null/],
    [tmpfs('/etc/hosts'), 'mounts[0].target', /not a directory/],
    [{ ulimits: { nofile: -1 } }, 'ulimits.nofile', /rlimit/],
    [{ user: '2147483648' }, 'user', /range 0-2147483647/],
    [{ groups: ['2147483648'] }, 'groups[0]', /range 0-2147483647/],
    [{ command: [''] }, 'command', /[Nn]o command specified/],
    [{ image: 'a'.repeat(64) }, 'image', /not a valid repository/],
    [
      log('json-file', { 'max-sise': '1m' }),
      'logDriver.options["max-sise"]',
      /unknown log opt 'max-sise'/,
    ],
    [
      log('json-file', { 'max-size': '10x' }),
      'logDriver.options["max-size"]',
      /invalid s(?:ize|uffix)/,
    ],
    [log('json-file', { 'max-file': '0' }), 'logDriver.options["max-file"]', /max-file/],
    [
      log('json-file', { compress: 'true', 'max-file': '1' }),
      'logDriver.options.compress',
      /compress cannot be true/,
    ],
    [
      log('local', { compress: 'true', 'max-file': '1' }),
      'logDriver.options.compress',
      /compression/,
    ],
    [log('json-file', { mode: 'x' }), 'logDriver.options.mode', /mode not supported/],
    [
      log('json-file', { 'max-buffer-size': '1m' }),
      'logDriver.options["max-buffer-size"]',
      /only supported with 'mode=non-blocking'/,
    ],
  ])('%j', async (fields, path, words) => {
    expect(refusedAt(fields)).toEqual([path]);
    expect((await run(fields)).words).toMatch(words);
  });

  test('of a secret with two modes it keeps one, for both', async () => {
    const secrets = [
      { source: A, mode: '0400' },
      { source: A, target: 'b', mode: '0444' },
    ];
    expect(refusedAt({ secrets })).toEqual(['secrets[1]']);
    expect(await run({ secrets })).toEqual({ words: 'complete', output: '444\n444\n' });
  });

  test('it starts a task that reserves more than it may use, which is refused all the same', async () => {
    const resources = { limits: { memory: '8m' }, reservations: { memory: '16m' } };
    expect(refusedAt({ resources })).toEqual(['resources.reservations.memory']);
    expect((await run({ resources })).words).toBe('complete');
  });
});

describe('the engine runs what is just not refused', () => {
  test.each<object>([
    { networks: ['host'] },
    { networks: ['bridge', A] },
    { networks: [A, 'bridge'] },
    { networks: ['host'], sysctls: { 'kernel.msgmax': '65536' } },
    limits({ cpus: 0.01, memory: 6_291_456, pids: 4_194_304 }),
    { resources: { reservations: { cpus: 0.001, memory: 4_194_304 } } },
    { secrets: [A, { source: A, target: 'b' }, { source: B, uid: '4294967294' }] },
    { configs: [{ source: A, target: '/x/c' }], ...tmpfs('/x') },
    { configs: [{ source: A, target: '/etc/hosts' }] },
    { user: '2147483647', groups: ['29'] },
    { command: [''], args: ['true'] },
    log('json-file', { 'max-size': '10 KiB', 'max-file': '2', compress: 'T' }),
    log('local', { 'max-file': '1', compress: 'false' }),
    // With what the service is given beside them, an engine takes these.
    log('json-file', { compress: 'true' }),
    log('local', { 'max-file': '1' }),
    log('json-file', { mode: 'non-blocking', 'max-buffer-size': '1m', 'cache-disabled': 'true' }),
  ])('%j', async (fields) => {
    expect(refusedAt(fields)).toEqual([]);
    expect((await run(fields)).words).toBe('complete');
  });
});
