import type { LabNode } from '../lab/node.ts';
import { allSettled, waitFor } from '../lab/wait.ts';
import { docker } from './docker-cli.ts';
import { STACK, type StackLab } from './stack-lab.ts';

/** The node with the controller that leads, as its log says. */
export function leaderNode({ lab }: StackLab): Promise<LabNode> {
  const look = async () => {
    const fences = await allSettled(lab.nodes.map((node) => fenceOn(node)));
    const highest = Math.max(...fences);
    return highest > 0 ? lab.nodes[fences.indexOf(highest)] : undefined;
  };
  return waitFor(look, { what: 'a controller to lead', timeoutMs: 30_000, intervalMs: 250 });
}

/** The fence of the controllers of a node that lead now; 0 for none. */
async function fenceOn(node: LabNode): Promise<number> {
  const ids = await docker(node, ['ps', '-q', '--filter', `name=${STACK}_controller`]);
  const logs = ids
    .split('\n')
    .filter((id) => id !== '')
    .map((id) => docker(node, ['logs', id]));
  return Math.max(0, ...(await allSettled(logs)).map((log) => fenceIn(log)));
}

function fenceIn(log: string): number {
  let fence = 0;
  for (const line of log.split('\n').filter((it) => it.startsWith('{'))) {
    const { msg, fence: token } = JSON.parse(line) as { msg?: string; fence?: number };
    if (msg === 'leading') fence = token ?? 0;
    if (msg === 'no longer leading') fence = 0;
  }
  return fence;
}
