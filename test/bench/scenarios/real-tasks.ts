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
      RealEngine.with(async (engine) => {
        const { lab, image } = engine;
        const alone = async (work: () => Promise<unknown>) => {
          await engine.idle();
          return timed(work);
        };
        const ways = (tasks: number) => ({
          plain: () => alone(() => runPlainly(lab.docker, image, tasks, CONCURRENCY)),
          swarmer: () => alone(() => engine.runJob(tasks)),
          jobService: () => alone(() => runAsJobService(lab.docker, image, tasks, CONCURRENCY)),
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
