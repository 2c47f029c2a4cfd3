import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startDockerd, stopDockerd } from '../lab/dockerd.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { backInSwarm } from '../lab/node-faults.ts';
import { waitFor } from '../lab/wait.ts';
import { ContainerRuns } from '../support/container-runs.ts';
import { Swarmer } from '../support/swarmer.ts';

/*
 * A server that was away cannot have seen how a task ended: by itself, or by a restart of its engine. The
 * first and the last task on a network change the record of their node as a restart does.
 */

/** How often servers are killed, half of them of each kind; SWARMER_RESTARTS=20 for the long form. */
const RESTARTS = Number(process.env['SWARMER_RESTARTS'] ?? 4);
/** Each with its own tasks, so that the last task on each network ends beside others that go on. */
const NETWORKS = ['first', 'second', 'third'];
const RUNNER_NETWORK = 'runners';

let lab: Lab;
let image: string;

beforeAll(async () => {
  lab = await startLab({ swarm: true, images: ['busybox'] });
  image = await lab.ensureImage('busybox');
  for (const name of [...NETWORKS, RUNNER_NETWORK]) await lab.createOverlay(name);
});

afterAll(() => lab.stop());

function job(scripts: string[], more: object = {}) {
  const tasks = scripts.map((text, i) => ({ name: `t${i}`, args: ['sh', '-c', text] }));
  return { image, tasks, backoffLimit: 0, terminationGracePeriodSeconds: 2, ...more };
}

/** One job without a network of its own and one on each network. */
function create(swarmer: Swarmer, scriptsOf: (seconds: number) => string[]): Promise<string[]> {
  const plain = NETWORKS.flatMap((_, i) => [...scriptsOf(i + 1), ...scriptsOf(i + 1)]);
  const attached = NETWORKS.map((name, i) => job(scriptsOf(i + 1), { networks: [name] }));
  return Promise.all([job(plain), ...attached].map((spec) => swarmer.create(spec)));
}

/** `[status, attempts]` of every task, when all jobs have finished. */
async function results(swarmer: Swarmer, ids: string[]) {
  const bodies = await Promise.all(ids.map((id) => swarmer.finished(id, 120_000)));
  return bodies.flatMap(({ tasks }) => tasks.map(({ status, attempts }) => [status, attempts]));
}

interface JobEvent {
  type: string;
  attempt?: number;
  reason?: string;
}

async function events(swarmer: Swarmer, ids: string[]): Promise<JobEvent[]> {
  const read = async (id: string) => {
    const response = await swarmer.request(`/v1/jobs/${id}/events?limit=1000`);
    return ((await response.json()) as { items: JobEvent[] }).items;
  };
  return (await Promise.all(ids.map(read))).flat();
}

const TASKS = 3 * NETWORKS.length;
const rounds = Array.from({ length: RESTARTS / 2 }, (_, round) => round);

describe.each([
  ['attaches its tasks to a network', { RUNNER_NETWORK }],
  ['does not', {}],
])('a server that %s', (_, env) => {
  let swarmer: Swarmer;

  beforeAll(async () => {
    swarmer = await new Swarmer(lab, { env }).start();
  });

  afterAll(() => swarmer.end('SIGKILL'));

  test.each(rounds)(
    'is killed and started again while tasks end: none of them runs again (round %i)',
    async (round) => {
      const runs = await ContainerRuns.watch(lab.docker);
      onTestFinished(() => runs.stop());
      const ids = await create(swarmer, (seconds) => [`sleep ${seconds}`]);
      await runs.started(ids, TASKS);
      await swarmer.end('SIGKILL');
      // It comes back as the tasks of one network after the other end, or after all have.
      const ended = 3 * ((round % NETWORKS.length) + 1);
      const over = () => TASKS - runs.running().length >= ended;
      await waitFor(over, { what: `${ended} tasks to end`, timeoutMs: 30_000 });
      await swarmer.start();
      expect(await results(swarmer, ids)).toEqual(Array(TASKS).fill([0, 1]));
      const lost = (await events(swarmer, ids)).filter(({ type }) => type === 'Lost');
      expect(lost).toEqual([]);
    },
  );

  test.each(rounds)(
    'is killed together with its engine: no task that the engine ended counts as succeeded (round %i)',
    async (round) => {
      const trap = 'trap "exit 0" TERM; while :; do sleep 0.1; done';
      const ids = await create(swarmer, () => [`[ $SWARMER_ATTEMPT != 1 ] || { ${trap}; }`]);
      const containers = async () => {
        const filters = { label: ['swarmer.attempt=1'] };
        return (await lab.docker.listContainers({ filters })).length === TASKS;
      };
      await waitFor(containers, { what: 'all tasks to run', timeoutMs: 30_000 });
      const { manager } = lab;
      await Promise.all([swarmer.end('SIGKILL'), stopDockerd(manager, 'SIGKILL')]);
      // Whichever of the two is back first.
      if (round % 2 === 0) await swarmer.start();
      await startDockerd(manager);
      await backInSwarm(manager);
      if (round % 2 === 1) await swarmer.start();
      expect(await results(swarmer, ids)).toEqual(Array(TASKS).fill([0, 2]));
      const seen = await events(swarmer, ids);
      expect(seen.filter(({ type, attempt }) => type === 'Succeeded' && attempt === 1)).toEqual([]);
      const lost = seen.filter(({ type }) => type === 'Lost');
      const restarted = { attempt: 1, reason: 'EngineRestarted' };
      expect(lost).toEqual(Array(TASKS).fill(expect.objectContaining(restarted)));
    },
  );
});
