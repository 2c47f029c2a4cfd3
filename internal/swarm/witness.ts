import type { ObservedNode, ObservedTask } from './engine.ts';

/** An event stream that has not broken. */
interface Connection {
  /** The node of the engine that it comes from. */
  nodeId: string;
  /** Where that engine keeps the logs of containers by default. */
  logDriver: string;
  /** Unix time in ms. */
  since: number;
}

/** What an unbroken connection to an engine tells of it: it was not restarted since. */
export class Witness {
  #connection: Connection | undefined;
  #listed: readonly ObservedTask[] = [];
  #byId: ReadonlyMap<string, ObservedTask> | undefined;

  connected(connection: Connection): void {
    this.#connection = connection;
  }

  disconnected(): void {
    this.#connection = undefined;
  }

  /** The log driver of the engine, while it is connected. */
  get logDriver(): string | undefined {
    return this.#connection?.logDriver;
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
    return this.#wasThere(task) ? { ...task, witnessed: true as const } : task;
  }

  /** @returns the node, with since when it is connected. */
  ofNode(node: ObservedNode): ObservedNode {
    const { nodeId, since } = this.#connection ?? {};
    return since !== undefined && node.id === nodeId ? { ...node, connectedSince: since } : node;
  }

  /**
   * True when the log of a task is all that it wrote, also when it is empty: its engine keeps logs, and has
   * been there all the time. False for what the last list did not show.
   */
  keepsLogOf(swarmTaskId: string): boolean {
    const { logDriver = 'none' } = this.#connection ?? {};
    this.#byId ??= new Map(this.#listed.map((task) => [task.id, task]));
    const task = this.#byId.get(swarmTaskId);
    return logDriver !== 'none' && task !== undefined && this.#wasThere(task);
  }

  #wasThere({ nodeId, createdAt }: ObservedTask): boolean {
    const connection = this.#connection;
    return (
      connection?.nodeId === nodeId && connection !== undefined && connection.since < createdAt
    );
  }
}
