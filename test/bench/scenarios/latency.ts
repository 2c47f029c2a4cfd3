import { Creations } from '../creations.ts';
import { endShown } from '../ended-at.ts';
import { timed } from '../figures.ts';
import { alternate } from '../pairs.ts';
import { runPlainly } from '../plain-script.ts';
import { RealEngine } from '../real-engine.ts';
import type { Scenario } from '../scenario.ts';

/** Samples per round. */
const SAMPLES = 20;
/** Pairs of one service by a plain script and one job of one task. */
const PAIRS = 10;

export const latency: Scenario = {
  name: 'latency',
  about:
    'one task on a real engine, one after the other: from POST to its service, and from its end as the ' +
    'engine shows it to the arrival of the callback',
  run: ({ rounds }) =>
    RealEngine.with(async (engine) => {
      const creations = await Creations.watch(engine.lab.docker);
      const toService: number[] = [];
      const toCallback: number[] = [];
      const fromExit: number[] = [];
      const whole: number[] = [];
      await engine.runJob(1);
      const overhead = await overPlainScript(engine);
      for (let sample = 0; sample < rounds * SAMPLES; sample++) {
        const run = await engine.runJob(1, (uid) => endShown(engine.lab.docker, uid));
        const { id, body, postedAt, deliveredAt, watched = Number.NaN } = run;
        toService.push((await creations.of(id)) - postedAt);
        toCallback.push(deliveredAt - watched);
        fromExit.push(deliveredAt - Date.parse(body.tasks[0]?.finished_at ?? ''));
        whole.push(deliveredAt - postedAt);
      }
      creations.stop();
      return {
        figures: [
          {
            ...{ name: 'POST → service created', unit: 'ms', values: toService },
            aim: { of: 'median', atMost: 30 },
          },
          {
            ...{ name: 'terminal state → callback', unit: 'ms', values: toCallback },
            aim: { of: 'median', atMost: 100 },
          },
          {
            ...{ name: 'the same, 99 of 100', unit: 'ms', values: toCallback },
            aim: { of: 'p99', atMost: 300 },
          },
          { name: 'end of the process → callback', unit: 'ms', values: fromExit },
          { name: 'POST → callback', unit: 'ms', values: whole },
          {
            ...{
              name: 'the same, over a plain script of one service',
              unit: 'ms',
              values: overhead,
            },
            aim: { of: 'median', atMost: 400 },
          },
        ],
      };
    }),
};

/** Of each pair, by how much a job of one task took longer than the script. */
async function overPlainScript(engine: RealEngine): Promise<number[]> {
  const { plain, swarmer } = await alternate(PAIRS, {
    plain: () => timed(() => runPlainly(engine.lab.docker, engine.image, 1, 1)),
    swarmer: () =>
      timed(async () => {
        await engine.runJob(1);
      }),
  });
  return swarmer.map((value, pair) => value - (plain[pair] ?? Number.NaN));
}
