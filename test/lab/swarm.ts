import Docker from 'dockerode';
import { type LabNode, startNode } from './node.ts';
import type { LabState } from './state.ts';
import { allSettled, waitFor } from './wait.ts';

export interface SwarmOptions {
  lab: LabState;
  /** The first is the manager that makes the swarm. */
  managers: number;
  workers: number;
  dieWithOwner: boolean;
  /** Further arguments of every engine. */
  engineArgs?: readonly string[];
}

/** Starts the lab's nodes and makes one swarm of them. Returns them, managers first. */
export async function startSwarm(options: SwarmOptions): Promise<LabNode[]> {
  const count = options.managers + options.workers;
  const { lab, dieWithOwner, engineArgs = [] } = options;
  const nodes = await allSettled(
    Array.from({ length: count }, (_, index) =>
      startNode({ lab, index, dieWithOwner, engineArgs }),
    ),
  );
  const [first, ...others] = nodes;
  if (!first) throw new Error('a swarm needs at least one manager');
  const manager = engineOf(first);
  await manager.swarmInit({ ...addresses(first), Spec: {} });
  const tokens = await joinTokens(manager);
  for (const [index, node] of others.entries()) {
    await engineOf(node).swarmJoin({
      ...addresses(node),
      RemoteAddrs: [`${first.address}:2377`],
      JoinToken: index + 1 < options.managers ? tokens.Manager : tokens.Worker,
    });
  }
  await allReady(manager, count);
  return nodes;
}

export function engineOf(node: LabNode): Docker {
  return new Docker({ socketPath: node.dockerSocket });
}

function addresses(node: LabNode): { ListenAddr: string; AdvertiseAddr: string } {
  return { ListenAddr: `${node.address}:2377`, AdvertiseAddr: node.address };
}

interface JoinTokens {
  Manager: string;
  Worker: string;
}

async function joinTokens(manager: Docker): Promise<JoinTokens> {
  const swarm = (await manager.swarmInspect()) as { JoinTokens: JoinTokens };
  return swarm.JoinTokens;
}

async function allReady(manager: Docker, count: number): Promise<void> {
  const ready = async () => {
    const nodes = (await manager.listNodes()) as { Status?: { State?: string } }[];
    return nodes.filter((node) => node.Status?.State === 'ready').length === count;
  };
  await waitFor(ready, { what: `${count} swarm node(s) to be ready`, timeoutMs: 30_000 });
}
