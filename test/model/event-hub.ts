import type { Clock } from '../../internal/clock/clock.ts';
import type { ModelEvent, ModelService } from './raw.ts';
import type { TaskRecord } from './task-record.ts';

interface Listener {
  onEvent: (event: ModelEvent) => void;
  onEnd: () => void;
}

/** The event streams of the manager that is called. */
export class EventHub {
  readonly #clock: Clock;
  readonly #listeners = new Set<Listener>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The returned function ends the subscription, without `onEnd`. */
  subscribe(onEvent: (event: ModelEvent) => void, onEnd: () => void = () => {}): () => void {
    const listener = { onEvent, onEnd };
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The manager's daemon ends, and all streams with it. */
  close(): void {
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const { onEnd } of listeners) onEnd();
  }

  service(action: 'create' | 'remove', { ID, Spec }: ModelService): void {
    this.#emit('service', action, { ID, Attributes: { name: Spec.Name } });
  }

  container(action: 'start' | 'die', task: TaskRecord, containerId: string, exit?: number): void {
    const { ContainerSpec } = task.service.Spec.TaskTemplate;
    const attributes = {
      ...ContainerSpec.Labels,
      'com.docker.swarm.node.id': task.nodeId ?? '',
      'com.docker.swarm.service.id': task.service.ID,
      'com.docker.swarm.service.name': task.service.Spec.Name,
      'com.docker.swarm.task.id': task.id,
      'com.docker.swarm.task.name': task.name,
      image: ContainerSpec.Image,
      name: task.name,
      ...(exit === undefined ? {} : { exitCode: String(exit) }),
    };
    this.#emit('container', action, { ID: containerId, Attributes: attributes });
  }

  #emit(type: ModelEvent['Type'], action: ModelEvent['Action'], actor: ModelEvent['Actor']): void {
    const ms = this.#clock.now();
    const event: ModelEvent = {
      Type: type,
      Action: action,
      Actor: actor,
      scope: type === 'service' ? 'swarm' : 'local',
      time: Math.floor(ms / 1000),
      timeNano: ms * 1e6,
    };
    for (const { onEvent } of [...this.#listeners]) onEvent(event);
  }
}
