import { isGivenUp, isTerminal } from '../../internal/swarm/index.ts';
import type { Behaviour } from './behaviour.ts';
import type { Change, ChangeIndex } from './change-index.ts';
import {
  type ModelService,
  type ModelStatus,
  type ModelTask,
  STATES,
  type TaskState,
} from './raw.ts';

interface TaskRecordOptions {
  id: string;
  service: ModelService;
  behaviour: Behaviour;
  changes: ChangeIndex;
}

/** A task as the managers know it. What its node knows may be newer. */
export class TaskRecord {
  readonly id: string;
  readonly service: ModelService;
  readonly behaviour: Behaviour;
  readonly #createdAt: string;
  readonly #changes: ChangeIndex;
  #json: { version: number; nodeId: string | undefined; text: string } | undefined;
  #status: ModelStatus;
  #desired: TaskState = 'running';
  #changed: Change;
  nodeId: string | undefined;

  constructor({ id, service, behaviour, changes }: TaskRecordOptions) {
    this.id = id;
    this.service = service;
    this.behaviour = behaviour;
    this.#changes = changes;
    this.#changed = changes.next();
    this.#createdAt = this.#changed.at;
    this.#status = { Timestamp: this.#createdAt, State: 'new', Message: 'created' };
  }

  get state(): TaskState {
    return this.#status.State;
  }

  get status(): ModelStatus {
    return this.#status;
  }

  get hasEnded(): boolean {
    return isTerminal(this.state);
  }

  /** Swarm wants it to stop. */
  get isGivenUp(): boolean {
    return isGivenUp(this.#desired);
  }

  /** Its service was removed. */
  get isToGo(): boolean {
    return this.#desired === 'remove';
  }

  /** Memory that its node must have free. */
  get reservedBytes(): number {
    return this.service.Spec.TaskTemplate.Resources?.Reservations?.MemoryBytes ?? 0;
  }

  get name(): string {
    return `${this.service.Spec.Name}.1.${this.id}`;
  }

  /** Takes a status unless the task is further already or has ended. */
  advance(status: ModelStatus): void {
    const stale = STATES.indexOf(status.State) < STATES.indexOf(this.state);
    // An end may be told once more, with another time.
    if (stale || (this.hasEnded && status.State !== this.state)) return;
    this.#status = status;
    this.#changed = this.#changes.next();
  }

  /** Sets what swarm wants, which only moves forward too. */
  want(desired: TaskState): void {
    if (STATES.indexOf(desired) <= STATES.indexOf(this.#desired)) return;
    this.#desired = desired;
    this.#changed = this.#changes.next();
  }

  /** As `raw`, in JSON: made once for each version of the task. */
  json(): string {
    const { nodeId } = this;
    if (this.#json?.version !== this.#changed.index || this.#json.nodeId !== nodeId) {
      this.#json = { version: this.#changed.index, nodeId, text: JSON.stringify(this.raw()) };
    }
    return this.#json.text;
  }

  raw(): ModelTask {
    return {
      ID: this.id,
      Version: { Index: this.#changed.index },
      CreatedAt: this.#createdAt,
      UpdatedAt: this.#changed.at,
      Labels: {},
      Spec: this.service.Spec.TaskTemplate,
      ServiceID: this.service.ID,
      Slot: 1,
      ...(this.nodeId === undefined ? {} : { NodeID: this.nodeId }),
      Status: this.#status,
      DesiredState: this.#desired,
    };
  }
}
