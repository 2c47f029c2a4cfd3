import type { ClusterNode, ClusterReport } from '../apis/index.ts';
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
    nodes: nodes.map((node) => ({ ...shown(node), active: active.get(node.id) ?? 0 })),
    ...facts,
  };
}

function shown(node: ObservedNode): Omit<ClusterNode, 'active'> {
  const { id, hostname, state, availability, platform, genericResources } = node;
  return {
    ...{ id, hostname, state, availability },
    ...(platform === undefined ? {} : { platform }),
    ...(genericResources === undefined ? {} : { genericResources }),
  };
}
