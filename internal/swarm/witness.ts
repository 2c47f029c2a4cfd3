import type { ObservedNode, ObservedTask } from './engine.ts';

/** The engine that this process talks to. */
export interface OwnEngine {
  nodeId: string;
  /** Where it keeps the logs of containers by default. */
  logDriver: string;
  /** Unix time in ms since which it was not restarted, as far as is known. */
  since: number;
  /** Unix time in ms of its start, where it tells that. */
  startedAt?: number;
}

/** What an unbroken event stream of an engine, and the time of its start, tell of it: when it was not restarted. */
export class Witness {
  #connection: OwnEngine | undefined;
  #listed: readonly ObservedTask[] = [];
  #byId: ReadonlyMap<string, ObservedTask> | undefined;

  connected(connection: OwnEngine): void {
    this.#connection = connection;
  }

  disconnected(): void {
    this.#connection = undefined;
  }

  /** The engine, while it is connected. */
  get engine(): OwnEngine | undefined {
    return this.#connection;
  }

  /** @returns the tasks of a list, those marked whose engine was there all their time. */
  ofTasks(tasks: readonly ObservedTask[]): ObservedTask[] {
    const seen = tasks.map((task) => this.ofTask(task));
    this.#listed = seen;
    this.#byId = undefined;
    return seen;
  }

  /** The same of one that was asked for alone. */
  ofTask(task: ObservedTask): ObservedTask {
    return this.wasThere(task) ? { ...task, witnessed: true as const } : task;
  }

  /** @returns the nodes, that of the engine with since when it was not restarted. */
  ofNodes(nodes: readonly ObservedNode[], engine: OwnEngine): ObservedNode[] {
    const { nodeId, since, startedAt } = engine;
    const told =
      startedAt === undefined ? { connectedSince: since } : { connectedSince: since, startedAt };
    return nodes.map((node) => (node.id === nodeId ? { ...node, ...told } : node));
  }

  /** The task as the last list showed it. */
  listed(swarmTaskId: string): ObservedTask | undefined {
    this.#byId ??= new Map(this.#listed.map((task) => [task.id, task]));
    return this.#byId.get(swarmTaskId);
  }

  /** True when the engine of the task's node has been there all its time, as far as this process was connected. */
  wasThere({ nodeId, createdAt }: ObservedTask): boolean {
    const connection = this.#connection;
    return (
      connection?.nodeId === nodeId && connection !== undefined && connection.since < createdAt
    );
  }
}
