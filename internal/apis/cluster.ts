/** The swarm that the services of a store are in. */
export interface SwarmIdentity {
  /** The engine's id of the swarm. */
  id: string;
  /** When it was first seen (Unix ms). */
  since: number;
}

/** A node of the swarm as the controller saw it last. */
export interface ClusterNode {
  /** Swarm id. */
  id: string;
  hostname: string;
  state: string;
  availability: string;
  /** As in `linux/x86_64`: what `placement.platforms` asks for. */
  platform?: string;
  /** How many it has of what `genericResources` ask for. */
  genericResources?: Record<string, number>;
  /** Attempts of this installation that are on it and have not ended. */
  active: number;
}

/**
 * What an operator wants of a node: `drain`, once none of our attempts is on it any more, or `active`
 * again. Stays until the node is so.
 */
export interface NodeWish {
  /** Swarm id. */
  node: string;
  wish: 'drain' | 'active';
  /** Unix time in ms. */
  at: number;
}

/** What the leading controller last saw of the swarm. */
export interface ClusterReport {
  nodes: ClusterNode[];
  /** Most attempts at one time, over all jobs. */
  maxConcurrentTasks: number;
  /** Unix time in ms. */
  updatedAt: number;
}
