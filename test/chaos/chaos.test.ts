import { afterAll, beforeAll, expect, test } from 'vitest';
import { runChaos } from './driver.ts';
import { faultTable, summaryLines } from './report.ts';
import { isReal } from './schedule.ts';
import { startWorld, type World } from './world.ts';

const SEED = 'integration';
let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(async () => {
  await world.stop();
});

test('a minute of faults in every part leaves every accepted job with one truthful result', async () => {
  const lines: string[] = [];
  const say = (line: string) => lines.push(line);
  const outcome = await runChaos({ world, seed: SEED, lastsMs: 60_000, say });
  process.stdout.write(`${faultTable(outcome.injections)}\n`);
  for (const line of summaryLines(outcome)) process.stdout.write(`${line}\n`);
  expect(outcome.wrong, lines.join('\n')).toEqual([]);
  expect(outcome.injections.filter(isReal).length).toBeGreaterThanOrEqual(5);
  expect(outcome.jobs).toBeGreaterThanOrEqual(10);
}, 420_000);
