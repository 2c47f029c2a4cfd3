import type { Context } from '../context.ts';
import { EXIT } from '../errors.ts';
import { type Check, checkAll, type State } from '../install/checks.ts';
import { dockerCommand } from '../install/docker.ts';
import { gatherFacts } from '../install/facts.ts';
import { stackVariables } from '../install/stack-variables.ts';
import type { Column } from '../output/column.ts';
import type { Style } from '../output/style.ts';
import { Table } from '../output/table.ts';
import { terminalSafe } from '../output/terminal-safe.ts';

const STYLES: Readonly<Record<State, Style>> = {
  ...{ ok: 'green', missing: 'red', advice: 'yellow', unknown: 'red' },
};

const COLUMNS: readonly Column<Check>[] = [
  { header: 'NEEDED', value: ({ what }) => what },
  { header: 'STATE', value: ({ state }) => state, style: ({ state }) => STYLES[state] },
  { header: 'FOUND', value: ({ found }) => found },
];

/** Says what the stack of manifests/stack.yml needs and does not find. Changes nothing. */
export async function run(context: Context): Promise<number> {
  const { env } = context.io;
  const facts = await gatherFacts(dockerCommand(context), env, stackVariables(env).image);
  const checks = checkAll(facts);
  await new Table(context, COLUMNS).print(checks);
  for (const { what, type = [] } of checks.filter(({ type }) => type !== undefined)) {
    context.printLine('');
    for (const line of [`# ${what}`, ...type]) context.printLine(terminalSafe(line));
  }
  const isReady = checks.every(({ state }) => state === 'ok' || state === 'advice');
  context.say(
    isReady
      ? 'Nothing is missing: docker stack deploy -c manifests/stack.yml swarmer'
      : 'Something is missing: type what stands below the table, and check again.',
  );
  return isReady ? EXIT.ok : EXIT.error;
}
