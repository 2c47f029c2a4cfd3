import type { NodeChange, ObservedNode } from './engine.ts';

/** Changes that are remembered of one node, the present one included. */
const KEPT = 16;

/**
 * The last changes of each node that this process has seen. The swarm tells of the very last one only, which hides
 * that the engine of a node was restarted once the node was cut off, or got a task with a network, after that.
 */
export class NodeChanges {
  #seen: ReadonlyMap<string, readonly NodeChange[]> = new Map();

  /** @returns the nodes of a list, those marked that had another record in an earlier one. */
  ofNodes(nodes: readonly ObservedNode[]): ObservedNode[] {
    const before = this.#seen;
    const earlierOf = ({ id, version }: ObservedNode) =>
      (before.get(id) ?? []).filter((change) => change.version !== version).slice(1 - KEPT);
    const marked = nodes.map((node) => {
      const earlier = earlierOf(node);
      return earlier.length === 0 ? node : { ...node, earlier };
    });
    // Of a node that is not there any more nothing is kept.
    this.#seen = new Map(
      marked.map(({ id, version, updatedAt, earlier = [] }) => [
        id,
        [...earlier, { version, updatedAt }],
      ]),
    );
    return marked;
  }
}
