import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { Options } from '../options.ts';
import { terminalSafe } from '../output/terminal-safe.ts';
import { postToNodes } from '../steer/each-node.ts';
import { untilDrained } from '../steer/until-drained.ts';

/** Has nodes emptied and drained; with `--wait` comes back when they are. */
export async function run(
  context: Context,
  args: readonly string[],
  options: Options,
): Promise<number> {
  const timeoutMs = options.duration('timeout');
  const wait = options.flag('wait');
  if (timeoutMs !== undefined && !wait) throw new UsageError('--timeout goes with --wait');
  const until = context.io.clock.monotonic() + (timeoutMs ?? Number.POSITIVE_INFINITY);
  const { taken, code } = await postToNodes(context, args, {
    verb: 'drain',
    done: 'to be drained',
  });
  if (!wait) return code;
  for (const node of taken) {
    await untilDrained(context, node, until);
    context.printLine(terminalSafe(`node/${node} drained`));
  }
  return code;
}
