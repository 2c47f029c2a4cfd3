import { createInterface } from 'node:readline';
import type Docker from 'dockerode';
import { serviceName } from '../../internal/apis/index.ts';
import { waitFor } from '../lab/wait.ts';

interface ServiceEvent {
  Actor: { Attributes: { name: string } };
  timeNano: number;
}

/** When services are created, by the word of the engine. */
export class Creations {
  readonly #at = new Map<string, number>();
  readonly #end = new AbortController();

  /** Watches from now on, until {@link stop}. */
  static async watch(engine: Docker): Promise<Creations> {
    const creations = new Creations();
    const abortSignal = creations.#end.signal;
    const stream = await engine.getEvents({
      ...{ filters: { type: ['service'], event: ['create'] }, abortSignal },
    });
    const rethrow = (error: Error) => {
      if (!abortSignal.aborted) throw error;
    };
    const lines = createInterface({ input: stream.on('error', rethrow) }).on('error', rethrow);
    lines.on('line', (line) => {
      const { Actor, timeNano } = JSON.parse(line) as ServiceEvent;
      creations.#at.set(Actor.Attributes.name, timeNano / 1e6);
    });
    return creations;
  }

  /** Unix time in ms at which the service of a job's first attempt was created. */
  of(jobUid: string): Promise<number> {
    const name = serviceName({ jobUid, index: 0, attempt: 1 });
    return waitFor(() => this.#at.get(name), { what: `news of ${name}` });
  }

  stop(): void {
    this.#end.abort();
  }
}
