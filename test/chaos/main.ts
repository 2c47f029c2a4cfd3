import { cpSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runChaos } from './driver.ts';
import { faultTable, summaryLines } from './report.ts';
import { startWorld } from './world.ts';

/*
 * Faults on real parts for a time, then the invariants:
 *   npx tsx test/chaos/main.ts [--minutes 10] [--seed s] [--only 'SIGTERM|API'] [--keep-logs DIR]
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e9)) },
    only: { type: 'string', default: '' },
    'keep-logs': { type: 'string' },
  },
});

const say = (line: string) => {
  process.stdout.write(`${line}\n`);
};
const begun = performance.now();
const timed = (line: string) => say(`${Math.round((performance.now() - begun) / 1000)} s  ${line}`);

say(`seed ${values.seed}, ${values.minutes} minutes`);
const world = await startWorld();
try {
  const { seed, minutes } = values;
  const only = new RegExp(values.only);
  const lastsMs = Number(minutes) * 60_000;
  const outcome = await runChaos({ world, seed, lastsMs, say: timed, only });
  say(faultTable(outcome.injections));
  for (const line of summaryLines(outcome)) say(line);
  say(`seed ${seed}`);
  if (outcome.wrong.length > 0) process.exitCode = 1;
} finally {
  const logs = values['keep-logs'];
  if (logs !== undefined) keepLogs(world.lab.dir, logs);
  await world.stop();
}

/** The logs of the lab's processes; its data is not of use without them running. */
function keepLogs(dir: string, to: string): void {
  const filter = (path: string) => !/\/(data|docker\.sock|redis\.sock|processes)$/.test(path);
  cpSync(dir, to, { recursive: true, filter });
}
