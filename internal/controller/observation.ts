import { attemptKey, attemptOfLabels, type Evidence, LABELS, type Owner } from '../apis/index.ts';
import { classifyAttempt, type ObservedNode, type ObservedTask } from '../swarm/index.ts';
import type { Tracked } from './tracker.ts';

/** One complete look at the swarm. Later looks have higher numbers. */
export class Observation {
  readonly number: number;
  readonly #tasks = new Map<string, ObservedTask[]>();
  readonly #nodes: ReadonlyMap<string, ObservedNode>;
  #services: ReadonlySet<string> | undefined;

  constructor(
    number: number,
    owner: Owner,
    tasks: readonly ObservedTask[],
    nodes: ReadonlyMap<string, ObservedNode>,
  ) {
    this.number = number;
    this.#nodes = nodes;
    for (const task of tasks) {
      const id = attemptOfLabels(task.labels);
      if (id === undefined || task.labels[LABELS.store] !== owner.storeId) continue;
      const key = attemptKey(id);
      this.#tasks.set(key, [...(this.#tasks.get(key) ?? []), task]);
    }
  }

  /** Adds the services, listed after the tasks were. Without them nothing is ever absent. */
  addServices(ids: ReadonlySet<string>): void {
    this.#services = ids;
  }

  hasTask(entry: Tracked): boolean {
    return this.#tasks.has(attemptKey(entry.id));
  }

  /** What this look says of an attempt. Absence counts only if the look began after the creation. */
  evidence(entry: Tracked): Evidence {
    const tasks = this.#tasks.get(attemptKey(entry.id));
    if (tasks !== undefined) return classifyAttempt(tasks, this.#nodes);
    if (entry.serviceId === undefined || this.#services === undefined) return { kind: 'unseen' };
    if (this.#services.has(entry.serviceId)) return { kind: 'waiting' };
    return this.number >= entry.visibleFrom ? { kind: 'absent' } : { kind: 'unseen' };
  }
}
