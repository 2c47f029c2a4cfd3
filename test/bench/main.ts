import { parseArgs } from 'node:util';
import { describeMachine } from './machine.ts';
import { keep } from './results.ts';
import { table } from './results-page.ts';
import type { Effort } from './scenario.ts';
import { SCENARIOS } from './scenarios/index.ts';

/*
 * Measures Swarmer, one scenario after the other:
 *   make bench
 *   make bench SCENARIO="real-60 latency"
 *   make bench SCENARIO=lifecycles ARGS="--seconds 10 --rounds 1 --shrink 10"
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '60' },
    shrink: { type: 'string', default: '1' },
    /** Only shows; what was measured before stays. */
    'no-keep': { type: 'boolean', default: false },
  },
});
const effort: Effort = {
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  shrink: Number(values.shrink),
};
const out = process.stdout;

const unknown = positionals.filter((name) => !SCENARIOS.some((scenario) => scenario.name === name));
if (unknown.length > 0) {
  const known = SCENARIOS.map(({ name, about }) => `  ${name.padEnd(12)} ${about}`);
  throw new Error(`no scenario is called ${unknown.join(' or ')}; there are\n${known.join('\n')}`);
}
const machine = await describeMachine();
for (const scenario of SCENARIOS) {
  if (positionals.length > 0 && !positionals.includes(scenario.name)) continue;
  out.write(`\n## ${scenario.name}\n\n${scenario.about}\n\n`);
  const outcome = await scenario.run(effort);
  out.write(`${table(outcome.figures)}\n`);
  if (!values['no-keep']) keep(scenario, outcome, effort, machine);
}
