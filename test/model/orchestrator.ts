import type { Clock } from '../../internal/clock/clock.ts';
import type { Behaviour } from './behaviour.ts';
import type { ChangeIndex } from './change-index.ts';
import { swarmId } from './ids.ts';
import type { Leadership } from './leadership.ts';
import type { NodeRecord } from './node-record.ts';
import type { ModelService, ModelStatus, TaskState } from './raw.ts';
import { place } from './scheduler.ts';
import { TaskRecord } from './task-record.ts';
import { TIMING } from './timing.ts';

interface OrchestratorOptions {
  clock: Clock;
  random: () => number;
  leadership: Leadership;
  nodes: ReadonlyMap<string, NodeRecord>;
  changes: ChangeIndex;
  /** Whether the service has not been removed. */
  isLive: (service: ModelService) => boolean;
}

/** What the leader does with tasks: makes, schedules, gives up and reaps them. */
export class Orchestrator {
  readonly tasks = new Map<string, TaskRecord>();
  readonly #byService = new Map<string, Set<TaskRecord>>();
  readonly #byNode = new Map<string, Set<TaskRecord>>();
  readonly #unplaced = new Set<TaskRecord>();
  readonly #options: OrchestratorOptions;

  constructor(options: OrchestratorOptions) {
    this.#options = options;
  }

  serviceCreated(service: ModelService, behaviour: Behaviour): void {
    this.#after(TIMING.createTask, () => {
      if (this.#options.isLive(service)) this.#createTask(service, behaviour);
    });
  }

  /** Its tasks stop, and are gone when they have. */
  serviceRemoved(service: ModelService): void {
    for (const task of [...(this.#byService.get(service.ID) ?? [])]) this.#discard(task);
  }

  /** A node tells of a task. */
  reported(task: TaskRecord, status: ModelStatus): void {
    task.advance(status);
    if (!task.hasEnded) return;
    this.#settle(task);
    this.#useRoom();
  }

  /** A node can be used (again): it gets its orders, and tasks that wait. */
  nodeReady(node: NodeRecord): void {
    for (const task of this.#tasksOn(node)) {
      if (task.hasEnded) continue;
      if (task.isGivenUp) node.agent.stop(task);
      else node.agent.take(task);
    }
    this.#useRoom();
  }

  /** The node is down or drained: nothing replaces its tasks, because that is the policy. */
  giveUpTasksOf(node: NodeRecord): void {
    for (const task of this.#tasksOn(node)) {
      if (task.hasEnded) continue;
      task.want('shutdown');
      if (node.isHeard) node.agent.stop(task);
    }
  }

  /** The node left the swarm. */
  orphanTasksOf(node: NodeRecord): void {
    for (const task of this.#tasksOn(node)) {
      if (task.hasEnded) continue;
      task.want('shutdown');
      this.#note(task, 'orphaned', 'Task belonged to a node that has been deleted');
      if (task.isToGo) this.#reap(task);
    }
  }

  /** What waits is placed as soon as it can be. */
  #useRoom(): void {
    for (const task of this.#unplaced) this.#schedule(task);
  }

  #createTask(service: ModelService, behaviour: Behaviour): void {
    const id = swarmId(this.#options.random);
    const task = new TaskRecord({ id, service, behaviour, changes: this.#options.changes });
    this.tasks.set(id, task);
    addTo(this.#byService, service.ID, task);
    this.#after(1, () => {
      this.#note(task, 'pending', 'pending task scheduling');
      this.#after(TIMING.schedule, () => this.#schedule(task));
    });
  }

  #schedule(task: TaskRecord): void {
    if (task.state !== 'pending' || task.isGivenUp) return;
    const nodes = [...this.#options.nodes.values()];
    const tasksOn = (node: NodeRecord) => this.#activeOn(node);
    const placement = place(task, nodes, { tasksOn, random: this.#options.random });
    if ('node' in placement) {
      this.#assign(task, placement.node);
      return;
    }
    this.#unplaced.add(task);
    if (task.status.Err !== placement.reason) {
      this.#note(task, 'pending', 'pending task scheduling', placement.reason);
    }
  }

  #assign(task: TaskRecord, node: NodeRecord): void {
    this.#unplaced.delete(task);
    task.nodeId = node.id;
    addTo(this.#byNode, node.id, task);
    this.#note(task, 'assigned', 'scheduler assigned task to node');
    if (node.isHeard) node.agent.take(task);
  }

  /** A task that never had a node is gone at once; one on a silent node waits for its return. */
  #discard(task: TaskRecord): void {
    task.want('remove');
    const node = this.#nodeOf(task);
    if (task.nodeId === undefined) this.#delete(task);
    else if (task.hasEnded) this.#reap(task);
    else if (node?.isHeard) node.agent.stop(task);
  }

  #settle(task: TaskRecord): void {
    if (task.isToGo) this.#reap(task);
    else this.#after(TIMING.settle, () => task.want('shutdown'));
  }

  #reap(task: TaskRecord): void {
    this.#after(TIMING.reap, () => {
      this.#delete(task);
      this.#nodeOf(task)?.agent.forget(task);
      this.#useRoom();
    });
  }

  #delete(task: TaskRecord): void {
    if (task.behaviour.stuck === 'record') return;
    this.tasks.delete(task.id);
    this.#unplaced.delete(task);
    removeFrom(this.#byService, task.service.ID, task);
    removeFrom(this.#byNode, task.nodeId ?? '', task);
  }

  #note(task: TaskRecord, state: TaskState, message: string, error?: string): void {
    const Err = error === undefined ? {} : { Err: error };
    task.advance({ Timestamp: this.#now(), State: state, Message: message, ...Err });
  }

  #nodeOf(task: TaskRecord): NodeRecord | undefined {
    return this.#options.nodes.get(task.nodeId ?? '');
  }

  #tasksOn(node: NodeRecord): TaskRecord[] {
    return [...(this.#byNode.get(node.id) ?? [])];
  }

  #activeOn(node: NodeRecord): TaskRecord[] {
    return this.#tasksOn(node).filter((task) => !task.hasEnded);
  }

  #after(ms: number, act: () => void): void {
    const { clock, leadership } = this.#options;
    clock.after(ms, () => leadership.whenLed(act));
  }

  #now(): string {
    return new Date(this.#options.clock.now()).toISOString();
  }
}

function addTo(index: Map<string, Set<TaskRecord>>, key: string, task: TaskRecord): void {
  const known = index.get(key);
  if (known === undefined) index.set(key, new Set([task]));
  else known.add(task);
}

function removeFrom(index: Map<string, Set<TaskRecord>>, key: string, task: TaskRecord): void {
  const known = index.get(key);
  known?.delete(task);
  if (known?.size === 0) index.delete(key);
}
