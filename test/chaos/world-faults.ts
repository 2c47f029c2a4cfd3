import { attemptOfLabels, LABELS } from '../../internal/apis/index.ts';
import { engineOf } from '../lab/swarm.ts';
import { waitFor } from '../lab/wait.ts';
import type { Fault } from './fault.ts';
import type { Ledger } from './ledger.ts';
import type { ChaosReceiver } from './receiver.ts';
import { INSTANCE, type World } from './world.ts';

/** What others do to us: a hand that removes a service or a container, a receiver that does not take callbacks. */
export function worldFaults(world: World, receiver: ChaosReceiver, ledger: Ledger): Fault[] {
  return [
    serviceRemoved(world),
    containerRemoved(world, ledger),
    receiverFault('receiver answers 500', receiver, 500),
    receiverFault('receiver hangs', receiver, 'hang'),
  ];
}

function serviceRemoved({ lab }: World): Fault {
  return {
    kind: 'service removed by hand',
    ...{ lane: 'process', lastsMs: [0], costsAttempts: true },
    async inject(random) {
      const filters = { label: [`${LABELS.instance}=${INSTANCE}`] };
      const removeOne = async () => {
        const services = await lab.docker.listServices({ filters });
        if (services.length === 0) return false;
        await lab.docker.getService(random.pick(services).ID).remove();
        return true;
      };
      // A look may fail while the manager's engine is away, and Swarmer may be faster.
      await waitFor(removeOne, { what: 'a service to remove', timeoutMs: 60_000 });
    },
    async recovered() {},
  };
}

/** The container of a task that runs, on its own node: its process is killed, and its log is gone. */
function containerRemoved({ lab }: World, ledger: Ledger): Fault {
  return {
    kind: 'container removed by force',
    ...{ lane: 'process', lastsMs: [0], costsAttempts: true },
    async inject(random) {
      const filters = { label: [`${LABELS.instance}=${INSTANCE}`], status: ['running'] };
      const removeOne = async () => {
        const engine = engineOf(random.pick(lab.nodes));
        const containers = await engine.listContainers({ filters });
        if (containers.length === 0) return false;
        const { Id, Labels } = random.pick(containers);
        const id = attemptOfLabels(Labels);
        if (id === undefined) return false;
        ledger.hit(id);
        await engine.getContainer(Id).remove({ force: true });
        return true;
      };
      // A node's engine may be away, and the task may be faster.
      await waitFor(removeOne, { what: 'a container to remove', timeoutMs: 60_000 });
    },
    async recovered() {},
  };
}

function receiverFault(kind: string, receiver: ChaosReceiver, answer: 500 | 'hang'): Fault {
  return {
    kind,
    ...{ lane: 'process', lastsMs: [2000, 5000], costsAttempts: false },
    async inject() {
      receiver.always = answer;
    },
    async recovered() {
      receiver.recover();
    },
  };
}
