import type { ServerResponse } from 'node:http';
import type { ModelEvent } from './raw.ts';
import { type Call, filters } from './routes.ts';
import type { Fault } from './server-faults.ts';
import type { ModelSwarm } from './swarm.ts';

/** Streams events, a JSON per line, until either side ends. A fault ends it after its head. */
export function streamEvents(
  swarm: ModelSwarm,
  { query }: Call,
  response: ServerResponse,
  fault: Fault,
): void {
  const wanted = filters(query);
  const stop = swarm.subscribe(
    (event) => {
      if (passes(event, wanted)) response.write(`${JSON.stringify(event)}\n`);
    },
    () => response.destroy(),
  );
  response.once('close', stop);
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.flushHeaders();
  if (fault.loseReply || fault.breakMidReply) response.destroy();
}

function passes({ Type, Action, Actor }: ModelEvent, wanted: Record<string, string[]>): boolean {
  const { type = [Type], event = [Action], label = [] } = wanted;
  const hasLabels = label.every((entry) => {
    const [key = '', ...value] = entry.split('=');
    return Actor.Attributes[key] === value.join('=');
  });
  return hasLabels && type.includes(Type) && event.includes(Action);
}
