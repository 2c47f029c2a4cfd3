import { setTimeout as delay } from 'node:timers/promises';
import { forEachLine } from '../../internal/swarm/lines.ts';
import type { LabHandle } from '../lab/handle.ts';

interface CreateEvent {
  timeNano: number;
  Actor: { ID: string; Attributes: { name: string } };
}

/**
 * The services that were created on the swarm, by name: what really started, apart from what was
 * recorded. It follows the engine over its restarts.
 */
export class CreatedServices {
  readonly #names = new Map<string, string>();
  /** Unix time in s, as the engine takes it. */
  #since = Math.floor(Date.now() / 1000);

  /** Names in the order of creation; a name that was created twice is there twice. */
  get names(): string[] {
    return [...this.#names.values()];
  }

  /** Follows the events until `signal` aborts. */
  async follow(lab: LabHandle, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#read(lab, signal).catch(ignoreBrokenStream);
      await delay(20);
    }
  }

  async #read(lab: LabHandle, abortSignal: AbortSignal): Promise<void> {
    const stream = await lab.docker.getEvents({
      filters: { type: ['service'], event: ['create'] },
      since: this.#since,
      abortSignal,
    });
    await forEachLine(stream, (line) => {
      const { Actor, timeNano } = JSON.parse(line) as CreateEvent;
      this.#names.set(Actor.ID, Actor.Attributes.name);
      this.#since = Math.floor(timeNano / 1e6) / 1000;
    });
  }
}

/** The engine ended, or the test did: both are told by what follows. */
function ignoreBrokenStream(): void {}
