import { afterAll, beforeAll, expect, test } from 'vitest';
import { giveBridges, takeBridges } from '../lab/bridges.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import type { LabNode } from '../lab/node.ts';
import { giveRuntime, takeRuntime } from '../lab/runtime.ts';
import type { ResultBody } from '../support/result-body.ts';
import { Swarmer } from '../support/swarmer.ts';

/*
 * Three nodes of which one starts nothing. It always has the fewest tasks, so that swarm would put all there.
 * SWARMER_FAULTY_NODE=long for 400 tasks, at the most tasks at one time that there are by default.
 */
const LONG = process.env['SWARMER_FAULTY_NODE'] === 'long';
const TASKS = LONG ? 400 : 60;
const SLOTS = LONG ? 12 : 3;
/** Of all attempts, that node gets at most this share: those of the first moment, and a try of it now and then. */
const SHARE = LONG ? 0.05 : 0.1;

let lab: Lab;
let image: string;
let victim: LabNode;

beforeAll(async () => {
  lab = await startLab({ swarm: { managers: 1, workers: 2 }, images: ['busybox'] });
  image = await lab.ensureImage('busybox');
  victim = lab.nodes[2] as LabNode;
});

afterAll(async () => {
  await lab.stop();
});

/** Runs tasks as so many jobs. @returns how many attempts there were, and how many of them came to nothing. */
async function attemptsOf(jobs: number): Promise<{ attempts: number; faults: number }> {
  const env = { SWARMER_MAX_CONCURRENT_TASKS: String(SLOTS) };
  const swarmer = await new Swarmer(lab, { env }).start();
  try {
    const spec = {
      image,
      args: ['true'],
      completions: TASKS / jobs,
      backoffLimit: 0,
      lossLimit: 0,
    };
    const ids = await Promise.all(Array.from({ length: jobs }, () => swarmer.create(spec)));
    const ended: ResultBody[] = [];
    // One by one: hundreds that ask at once would be what the server is busy with.
    for (const id of ids) ended.push(await swarmer.finished(id, TASKS * 3000));
    expect(ended.filter(({ __phase }) => __phase !== 'Complete')).toEqual([]);
    const tries = ended.flatMap(({ tasks }) => tasks.map(({ attempts }) => attempts));
    expect(tries).toHaveLength(TASKS);
    const attempts = tries.reduce((sum, tries) => sum + tries, 0);
    return { attempts, faults: attempts - TASKS };
  } finally {
    await swarmer.end();
  }
}

async function expectFew(jobs: number): Promise<void> {
  const { attempts, faults } = await attemptsOf(jobs);
  process.stderr.write(`${jobs} job(s): ${faults} of ${attempts} attempts on the node\n`);
  expect(faults).toBeGreaterThan(0);
  expect(faults / attempts).toBeLessThanOrEqual(SHARE);
}

test('without a runtime: all tasks of one job succeed elsewhere', {
  timeout: TASKS * 4000,
}, async () => {
  await takeRuntime(victim);
  await expectFew(1);
  await giveRuntime(victim);
});

test('without its bridges: all of as many jobs do', { timeout: TASKS * 4000 }, async () => {
  const bridges = await takeBridges(victim);
  await expectFew(TASKS);
  await giveBridges(victim, bridges);
});
