import { giveBridges, type TakenBridge, takeBridges } from '../lab/bridges.ts';
import { startDockerd, stopDockerd } from '../lab/dockerd.ts';
import type { Lab } from '../lab/lab.ts';
import type { LabNode } from '../lab/node.ts';
import { backInSwarm } from '../lab/node-faults.ts';
import { waitFor } from '../lab/wait.ts';
import type { Fault } from './fault.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** Swarm gives a silent node up after about 15 s: some last longer, some do not. */
const AROUND_NODE_DOWN_MS = [1000, 6000, 17_000, 22_000];

export function nodeFaults({ lab }: World): Fault[] {
  const worker = (random: Random) => random.pick(lab.nodes.slice(1));
  const manager = () => lab.manager;
  return [
    engineEnded(lab, 'dockerd SIGTERM on the manager', 'SIGTERM', manager),
    engineEnded(lab, 'dockerd SIGTERM on a worker', 'SIGTERM', worker),
    engineEnded(lab, 'dockerd SIGKILL on the manager', 'SIGKILL', manager),
    engineEnded(lab, 'dockerd SIGKILL on a worker', 'SIGKILL', worker),
    onNode('worker killed and revived', worker, AROUND_NODE_DOWN_MS, {
      begin: (node) => lab.killNode(node),
      end: (node) => lab.reviveNode(node),
      lab,
    }),
    onNode('worker cut off and healed', worker, AROUND_NODE_DOWN_MS, {
      begin: (node) => lab.partition(node),
      end: (node) => lab.heal(node),
      lab,
    }),
    bridgesTaken(lab, 'bridges of the manager taken', manager),
    bridgesTaken(lab, 'bridges of a worker taken', worker),
  ];
}

type Choose = (random: Random) => LabNode;

interface Deeds {
  lab: Lab;
  begin(node: LabNode): Promise<void>;
  end(node: LabNode): Promise<void>;
}

function engineEnded(lab: Lab, kind: string, signal: 'SIGTERM' | 'SIGKILL', choose: Choose): Fault {
  return onNode(kind, choose, [0, 1000, 4000], {
    begin: (node) => stopDockerd(node, signal),
    end: startDockerd,
    lab,
  });
}

/** Nothing can be started on the node until they are back; what runs has no network meanwhile. */
function bridgesTaken(lab: Lab, kind: string, choose: Choose): Fault {
  let taken: TakenBridge[] = [];
  return onNode(kind, choose, [1000, 4000, 9000], {
    begin: async (node) => {
      taken = await takeBridges(node);
    },
    end: (node) => giveBridges(node, taken),
    lab,
  });
}

function onNode(kind: string, choose: Choose, lastsMs: readonly number[], deeds: Deeds): Fault {
  let victim: LabNode | undefined;
  return {
    kind,
    ...{ lane: 'node', lastsMs, costsAttempts: true },
    async inject(random) {
      victim = choose(random);
      await deeds.begin(victim);
    },
    async recovered() {
      if (victim === undefined) return;
      await deeds.end(victim);
      await backInSwarm(victim);
      await allReady(deeds.lab);
      victim = undefined;
    },
  };
}

async function allReady(lab: Lab): Promise<void> {
  const look = async () => {
    const nodes = await lab.docker.listNodes();
    return nodes.every(({ Status }) => Status?.State === 'ready');
  };
  await waitFor(look, { what: 'all nodes to be ready', timeoutMs: 90_000, intervalMs: 100 });
}
