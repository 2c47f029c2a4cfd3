import { waitFor } from '../lab/wait.ts';
import type { Fault } from './fault.ts';
import type { ChaosReceiver } from './receiver.ts';
import { INSTANCE, type World } from './world.ts';

/** What others do to us: a hand that removes a service, a receiver that does not take callbacks. */
export function worldFaults(world: World, receiver: ChaosReceiver): Fault[] {
  return [
    serviceRemoved(world),
    receiverFault('receiver answers 500', receiver, 500),
    receiverFault('receiver hangs', receiver, 'hang'),
  ];
}

function serviceRemoved({ lab }: World): Fault {
  return {
    kind: 'service removed by hand',
    ...{ lane: 'process', lastsMs: [0], costsAttempts: true },
    async inject(random) {
      const filters = { label: [`swarmer.instance=${INSTANCE}`] };
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
