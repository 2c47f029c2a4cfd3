import { type Lab, startLab } from '../../lab/lab.ts';
import { stopOnSignals } from '../../lab/signals.ts';
import { waitFor } from '../../lab/wait.ts';
import { timed } from '../figures.ts';
import { runAsJobService } from '../job-service.ts';
import { alternate, ratios } from '../pairs.ts';
import { runPlainly } from '../plain-script.ts';
import { RealEngine } from '../real-engine.ts';
import type { Scenario } from '../scenario.ts';

const CONCURRENCY = 12;

/** So many tasks `true` on a real engine: Swarmer beside a plain script, and a service of jobs. */
export function realTasks(count: number): Scenario {
  return {
    name: `real-${count}`,
    about:
      `${count} tasks of \`true\` on a real engine, ${CONCURRENCY} at a time, from POST to callback: ` +
      'beside a plain script on the Engine API, and beside one `replicated-job` service',
    run: ({ rounds }) =>
      withEngines(async (engine, other) => {
        const { lab, image } = engine;
        const ways = (tasks: number) => ({
          plain: () => alone(lab, () => runPlainly(lab.docker, image, tasks, CONCURRENCY)),
          swarmer: () => alone(lab, () => engine.runJob(tasks)),
          jobService: () => timed(() => runAsJobService(other.docker, image, tasks, CONCURRENCY)),
        });
        await alternate(1, ways(CONCURRENCY));
        const { plain, swarmer, jobService } = await alternate(rounds, ways(count));
        return {
          figures: [
            { name: 'plain script', unit: 'ms', values: plain },
            { name: 'Swarmer', unit: 'ms', values: swarmer },
            { name: '`replicated-job` service', unit: 'ms', values: jobService },
            {
              ...{ name: 'Swarmer / plain script', unit: 'ratio' },
              values: ratios(swarmer, plain),
              aim: { of: 'median', atMost: 1.03 },
            },
            {
              ...{ name: 'Swarmer / `replicated-job`', unit: 'ratio' },
              values: ratios(swarmer, jobService),
            },
          ],
          plots: [
            {
              ...{ name: `real-${count}`, title: `${count} tasks on a real engine` },
              x: { label: 'round' },
              y: { label: 'seconds from POST to callback' },
              curves: [
                curve('Swarmer', swarmer),
                curve('plain script', plain),
                curve('replicated-job', jobService),
              ],
            },
          ],
        };
      }),
  };
}

function curve(name: string, ms: readonly number[]) {
  return { name, points: ms.map((one, i) => [i + 1, one / 1000] as const) };
}

/**
 * Lends two engines. Of a `replicated-job` the tasks and containers stay after its service was removed (Engine
 * 20.10), and every list of tasks goes through them: it has one to itself.
 */
function withEngines<T>(work: (engine: RealEngine, other: Lab) => Promise<T>): Promise<T> {
  return RealEngine.with(async (engine) => {
    const other = await startLab({ swarm: true, images: ['busybox'] });
    const forgetSignals = stopOnSignals(() => other.stop());
    try {
      return await work(engine, other);
    } finally {
      forgetSignals();
      await other.stop();
    }
  });
}

/** Measures some work once nothing is left of what ran before: containers are removed after their services. */
async function alone({ docker }: Lab, work: () => Promise<unknown>): Promise<number> {
  const isIdle = async () =>
    (await docker.listContainers({ all: true })).length + (await docker.listTasks()).length === 0;
  await waitFor(isIdle, { what: 'the engine to have removed all', timeoutMs: 60_000 });
  return timed(work);
}
