import { setPlugged, unplugNode } from './network.ts';
import { type LabNode, type NodeOptions, startNode } from './node.ts';
import { endProcess } from './process.ts';
import type { LabNames } from './state.ts';
import { engineOf } from './swarm.ts';
import { waitFor } from './wait.ts';

/** Ends all of a node at once, as a power cut would: engine, containerd, containers, its link. */
export async function killNode(lab: LabNames, node: LabNode): Promise<void> {
  await endProcess(node.init, `init of ${node.hostname}`);
  await unplugNode(lab, node.name);
}

/** Starts a killed node again on its data, and awaits that it is back in its swarm. */
export async function reviveNode(options: NodeOptions, node: LabNode): Promise<void> {
  const { engineArgs } = node;
  Object.assign(node, await startNode({ ...options, engineArgs }));
  await backInSwarm(node);
}

/** Cuts the node off from the others and from the test process; all in it runs on. */
export function partitionNode(lab: LabNames, node: LabNode): Promise<void> {
  return setPlugged(lab, node.name, false);
}

/** Ends {@link partitionNode}. It does not wait until the swarm has noticed. */
export function healNode(lab: LabNames, node: LabNode): Promise<void> {
  return setPlugged(lab, node.name, true);
}

/** Awaits that the node's own engine counts itself a working member of its swarm. */
export async function backInSwarm(node: LabNode): Promise<void> {
  const engine = engineOf(node);
  const active = async () => {
    const info = (await engine.info()) as { Swarm?: { LocalNodeState?: string } };
    return info.Swarm?.LocalNodeState === 'active';
  };
  await waitFor(active, { what: `${node.hostname} to be back in its swarm`, timeoutMs: 60_000 });
}
