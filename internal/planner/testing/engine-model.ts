import { type AttemptId, type Evidence, serviceName } from '../../apis/index.ts';

/** A service of the modelled swarm. `shows` is what a look taken now would say of it. */
export interface ServiceModel {
  id: string;
  attempt: AttemptId;
  shows: Evidence;
}

/** What one complete look at the swarm found, by service name. */
export type Look = ReadonlyMap<string, Evidence>;

/** The engine does not take the service: no such image, or the like. */
export class EngineRefusal extends Error {}

/** The swarm as the controller deals with it: services have names, and logs go with their service. */
export class EngineModel {
  readonly services = new Map<string, ServiceModel>();
  /** While true, every new service is refused. */
  refusing = false;
  readonly #removedByController = new Set<string>();
  #made = 0;

  /** Creates the attempt's service; one of that name is taken over, as its labels say the same. */
  create(attempt: AttemptId): { id: string; made: boolean } {
    const name = serviceName(attempt);
    const known = this.services.get(name);
    if (known !== undefined) return { id: known.id, made: false };
    if (this.refusing) throw new EngineRefusal();
    this.#made++;
    const id = `s${this.#made}`;
    this.services.set(name, { id, attempt, shows: { kind: 'waiting' } });
    return { id, made: true };
  }

  /** Removes a service for the controller. One that is gone already is success. */
  remove(id: string): void {
    this.#removedByController.add(id);
    this.delete(id);
  }

  /** Lets a service vanish without the controller. */
  delete(id: string): void {
    for (const [name, service] of this.services) if (service.id === id) this.services.delete(name);
  }

  /** True when the log of a swarm task was destroyed by the controller itself. */
  destroyedLog(swarmTaskId: string): boolean {
    return [...this.#removedByController].some((id) => swarmTaskIdOf(id) === swarmTaskId);
  }

  look(): Look {
    return new Map([...this.services].map(([name, { shows }]) => [name, shows]));
  }
}

export function swarmTaskIdOf(serviceId: string): string {
  return `task-of-${serviceId}`;
}
