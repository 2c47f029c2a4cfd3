import type { Context } from '../context.ts';
import { CliError, EXIT, Interrupted } from '../errors.ts';
import { terminalSafe } from '../output/terminal-safe.ts';
import { apiPath } from '../path.ts';

/**
 * Posts a verb to every node. One that fails does not keep the others from it.
 * @returns the nodes that took it, and the exit code of the first failure.
 */
export async function postToNodes(
  context: Context,
  nodes: readonly string[],
  { verb, done }: { verb: 'drain' | 'undrain'; done: string },
): Promise<{ taken: string[]; code: number }> {
  const client = await context.client();
  const taken: string[] = [];
  let code: number = EXIT.ok;
  for (const node of new Set(nodes)) {
    try {
      await client.send('POST', apiPath(['nodes', node, verb]));
      taken.push(node);
      context.printLine(terminalSafe(`node/${node} ${done}`));
    } catch (error) {
      if (!(error instanceof CliError) || error instanceof Interrupted) throw error;
      context.say(`swarmerctl: ${terminalSafe(`node/${node}: ${error.message}`)}`);
      if (code === EXIT.ok) code = error.exitCode;
    }
  }
  return { taken, code };
}
