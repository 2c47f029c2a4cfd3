import { systemClock } from '../../internal/clock/clock.ts';
import type { Behaviour } from '../model/behaviour.ts';
import { seeded } from '../model/seeded.ts';
import { startModelServer } from '../model/server.ts';
import type { CallName } from '../model/server-faults.ts';
import { ModelSwarm } from '../model/swarm.ts';

/*
 * The model engine in a process of its own. Arguments: its socket, and what every task does, as JSON.
 * Answers each message with the number of calls so far, by name.
 */
const [socketPath = '', behaviour = '{}'] = process.argv.slice(2);
const everyTask = JSON.parse(behaviour) as Partial<Behaviour> & { forever?: boolean };
const { forever, ...rest } = everyTask;
const calls: Partial<Record<CallName, number>> = {};

const swarm = new ModelSwarm({
  clock: systemClock,
  random: seeded(1),
  behaviour: () => (forever ? { ...rest, runMs: Number.POSITIVE_INFINITY } : rest),
});
await startModelServer({
  ...{ swarm, socketPath },
  onCall: (name) => {
    calls[name] = (calls[name] ?? 0) + 1;
  },
});
process.on('message', () => process.send?.(calls));
process.on('disconnect', () => process.exit(0));
process.send?.(calls);
