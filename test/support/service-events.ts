import { createInterface } from 'node:readline';
import type { LabHandle } from '../lab/handle.ts';

/** Counts the services that are created on the lab's swarm, by name, from now on. */
export class ServiceEvents {
  readonly created: string[] = [];
  readonly #end = new AbortController();

  static async watch(lab: LabHandle): Promise<ServiceEvents> {
    const events = new ServiceEvents();
    const stream = await lab.docker.getEvents({
      filters: { type: ['service'], event: ['create'] },
      abortSignal: events.#end.signal,
    });
    const rethrow = (error: Error) => {
      if (!events.#end.signal.aborted) throw error;
    };
    const lines = createInterface({ input: stream.on('error', rethrow) }).on('error', rethrow);
    lines.on('line', (line) => {
      const { Actor } = JSON.parse(line) as { Actor: { Attributes: { name: string } } };
      events.created.push(Actor.Attributes.name);
    });
    return events;
  }

  /** Names created for a job. */
  of(jobUid: string): string[] {
    return this.created.filter((name) => name.startsWith(`swarmer-${jobUid.toLowerCase()}-`));
  }

  stop(): void {
    this.#end.abort();
  }
}
