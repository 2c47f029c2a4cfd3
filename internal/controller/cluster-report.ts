import type { ClusterReport } from '../apis/index.ts';
import type { ObservedNode } from '../swarm/index.ts';

interface ReportFacts {
  /** Tasks that have not ended, by node. */
  active: ReadonlyMap<string, number>;
  maxConcurrentTasks: number;
  /** Unix time in ms. */
  updatedAt: number;
}

/** What the API shows of the swarm: it has no way to ask the engine. */
export function clusterReport(
  nodes: readonly ObservedNode[],
  { active, ...facts }: ReportFacts,
): ClusterReport {
  return {
    nodes: nodes.map(
      ({ version: _, updatedAt: __, connectedSince: ___, startedAt: ____, ...node }) => ({
        ...node,
        active: active.get(node.id) ?? 0,
      }),
    ),
    ...facts,
  };
}
