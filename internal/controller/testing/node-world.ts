import type { ClusterReport, NodeWish } from '../../apis/index.ts';
import type { ControllerStore } from '../../store/index.ts';
import type { Engine, ObservedNode, ObservedTask } from '../../swarm/index.ts';

/** The process dies at this call, or the call fails. */
export class Broken extends Error {}

/** A node with attempts, and what an operator wants of it: in memory, with calls that may fail. */
export class NodeWorld {
  readonly node: ObservedNode = {
    ...{ id: 'n1', hostname: 'one', state: 'ready', availability: 'active', version: 1 },
    updatedAt: 0,
  };
  tasks: ObservedTask[] = [];
  wish: NodeWish | undefined;
  report: ClusterReport | undefined;
  /** Each change of the node, with how many attempts were on it. */
  readonly changes: [ObservedNode['availability'], number][] = [];
  /** Called before and after each call. */
  onCall: (moment: string) => void = () => {};

  get engine(): Engine {
    return {
      listNodes: () => this.#call('listNodes', () => [{ ...this.node }]),
      listTasks: () => this.#call('listTasks', () => [...this.tasks]),
      setAvailability: ({ version }: ObservedNode, to: ObservedNode['availability']) =>
        this.#call('setAvailability', () => this.#set(version, to)),
    } as Partial<Engine> as Engine;
  }

  get store(): ControllerStore {
    return {
      nodeWishes: () => this.#call('nodeWishes', () => (this.wish ? [this.wish] : [])),
      endNodeWish: (_fence: unknown, wish: NodeWish) =>
        this.#call('endNodeWish', () => {
          if (this.wish?.at === wish.at && this.wish.wish === wish.wish) this.wish = undefined;
        }),
      publishCluster: (_fence: unknown, report: ClusterReport) =>
        this.#call('publishCluster', () => {
          this.report = report;
        }),
    } as Partial<ControllerStore> as ControllerStore;
  }

  #set(version: number, to: ObservedNode['availability']): void {
    if (version !== this.node.version) throw new Error('update out of sequence');
    this.node.availability = to;
    this.node.version++;
    this.changes.push([to, this.tasks.length]);
  }

  async #call<T>(name: string, act: () => T): Promise<T> {
    this.onCall(`before ${name}`);
    const answer = act();
    this.onCall(`after ${name}`);
    return answer;
  }
}
