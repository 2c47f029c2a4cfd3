import { ApiError } from '../api-error.ts';
import type { Client } from '../client.ts';
import type { Context } from '../context.ts';
import { CliError, EXIT, type ExitCode, Interrupted } from '../errors.ts';
import { terminalSafe } from '../output/terminal-safe.ts';
import { apiPath } from '../path.ts';
import type { ClusterNode } from '../resources.ts';

/**
 * Posts a verb to every node. Of several either all are there, or nothing is done; then one that fails does
 * not keep the others from it.
 * @returns the nodes that took it, and the exit code of the first failure.
 */
export async function postToNodes(
  context: Context,
  nodes: readonly string[],
  { verb, done }: { verb: 'drain' | 'undrain'; done: string },
): Promise<{ taken: string[]; code: number }> {
  const client = await context.client();
  const all = [...new Set(nodes)];
  if (all.length > 1) await checkAll(client, all);
  const taken: string[] = [];
  let code: number = EXIT.ok;
  for (const node of all) {
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

/** @throws CliError that lists the names that stand for no node, or for several. */
async function checkAll(client: Client, nodes: readonly string[]): Promise<void> {
  const details: string[] = [];
  let code: ExitCode | undefined;
  for (const node of nodes) {
    try {
      await client.get<ClusterNode>(apiPath(['nodes', node]));
    } catch (error) {
      if (!(error instanceof ApiError && [404, 409].includes(error.status))) throw error;
      details.push(`node/${node}: ${error.message}`);
      code ??= error.exitCode;
    }
  }
  if (code !== undefined) throw new CliError('nothing was done', code, details);
}
