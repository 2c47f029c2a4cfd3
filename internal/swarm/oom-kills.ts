import type { ObservedTask } from './engine.ts';
import { EngineError } from './engine-error.ts';
import { isTerminal } from './task-state.ts';

/** Exit status of a process that SIGKILL has ended. */
const KILLED = 137;

interface OomKillsOptions {
  /** The node whose containers can be asked for. */
  ownNode(): Promise<string>;
  /** Whether the kernel has killed a container for its memory; false too where the engine knows none. */
  isOomKilled(containerId: string): Promise<boolean>;
}

/**
 * Tells of tasks that were killed whether the kernel did so for their memory: swarm does not tell. Only the engine
 * of a task's node can be asked for its container, and each is asked for once.
 */
export class OomKills {
  readonly #options: OomKillsOptions;
  #known = new Map<string, boolean>();

  constructor(options: OomKillsOptions) {
    this.#options = options;
  }

  /** @returns the tasks of a list, those marked that were killed so. Never rejects: what is not known is not marked. */
  async mark(tasks: readonly ObservedTask[]): Promise<readonly ObservedTask[]> {
    const killed = tasks.filter(
      ({ state, exitCode, containerId }) =>
        isTerminal(state) && exitCode === KILLED && containerId !== undefined,
    );
    if (killed.length === 0 && this.#known.size === 0) return tasks;
    const known = new Map<string, boolean>();
    await Promise.all(
      killed.map(async (task) => {
        const answer = this.#known.get(task.id) ?? (await this.#ask(task));
        if (answer !== undefined) known.set(task.id, answer);
      }),
    );
    this.#known = known;
    return tasks.map((task) => (known.get(task.id) ? { ...task, oomKilled: true as const } : task));
  }

  async #ask({ nodeId, containerId = '' }: ObservedTask): Promise<boolean | undefined> {
    try {
      if ((await this.#options.ownNode()) !== nodeId) return false;
      return await this.#options.isOomKilled(containerId);
    } catch (error) {
      if (error instanceof EngineError) return undefined;
      throw error;
    }
  }
}
