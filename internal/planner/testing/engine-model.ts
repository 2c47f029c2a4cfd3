import { type AttemptId, type Evidence, serviceName } from '../../apis/index.ts';

/** A service of the modelled swarm. `shows` is what a look taken now would say of it. */
export interface ServiceModel {
  id: string;
  attempt: AttemptId;
  shows: Evidence;
}

/** What one complete look at the swarm found, by service name. */
export type Look = ReadonlyMap<string, { evidence: Evidence; gone: boolean }>;

/** The engine does not take the service: no such image, or the like. */
export class EngineRefusal extends Error {}

/** The swarm as the controller deals with it: services have names, and logs go with their service. */
export class EngineModel {
  readonly services = new Map<string, ServiceModel>();
  /** Those that were removed while their process ran: it runs on until it stops. */
  readonly stopping = new Map<string, ServiceModel>();
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

  /** Removes the service of an attempt for the controller. One that is gone already is success. */
  remove(attempt: AttemptId): void {
    const service = this.services.get(serviceName(attempt));
    if (service === undefined) return;
    this.#removedByController.add(service.id);
    this.delete(attempt);
  }

  /** Lets a service vanish without the controller. Its process goes on until it stops. */
  delete(attempt: AttemptId): void {
    const name = serviceName(attempt);
    const service = this.services.get(name);
    this.services.delete(name);
    if (service?.shows.kind !== 'running') return;
    const { trace } = service.shows;
    const shows = { kind: 'lost', reason: 'ServiceRemoved', message: 'removed', trace } as const;
    this.stopping.set(name, { ...service, shows });
  }

  /** The service of an attempt whose process runs. */
  running(attempt: AttemptId): string | undefined {
    const name = serviceName(attempt);
    const service = this.services.get(name);
    return service?.shows.kind === 'running' ? service.id : this.stopping.get(name)?.id;
  }

  /** True when the log of a swarm task was destroyed by the controller itself. */
  destroyedLog(swarmTaskId: string): boolean {
    return [...this.#removedByController].some((id) => swarmTaskIdOf(id) === swarmTaskId);
  }

  look(): Look {
    const seen = (services: ReadonlyMap<string, ServiceModel>, stopping: boolean) =>
      [...services].map(([name, { shows: evidence }]) => {
        const gone = !stopping && evidence.kind !== 'waiting' && evidence.kind !== 'running';
        return [name, { evidence, gone }] as const;
      });
    return new Map([...seen(this.services, false), ...seen(this.stopping, true)]);
  }
}

export function swarmTaskIdOf(serviceId: string): string {
  return `task-of-${serviceId}`;
}
