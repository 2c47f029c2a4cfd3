import type { ClusterReport, NodeWish, SwarmInventory } from '../apis/index.ts';

/** What becomes of services of another store: they are removed, or taken over. */
export type ForeignDecision = 'purge' | 'adopt';

/** Another store whose services are on the swarm. */
export interface ForeignStore {
  storeId: string;
  services: number;
  decision?: ForeignDecision;
}

/** What an operator is shown, and may decide. Part of what the API may do. */
export interface OperatorStore {
  /** Jobs that were set aside, with what is wrong with them. */
  quarantined(): Promise<{ uid: string; message: string }[]>;
  /** @throws StoreError `NotFound` when the job was not set aside. */
  releaseJob(uid: string): Promise<void>;
  /** What the leading controller published last, if ever, and how many attempts are current. */
  cluster(): Promise<{ report?: ClusterReport; slotsUsed: number }>;
  /** What the leading controller last saw that services may refer to, if ever, and the time of Redis (Unix ms). */
  inventory(): Promise<{ inventory?: SwarmInventory; now: number }>;
  /** Has the leading controller, if there is one, look at that again. */
  askInventory(): Promise<void>;
  /** What is wanted of nodes and not yet so. */
  nodeWishes(): Promise<NodeWish[]>;
  /** Takes the place of what was wanted of the node before. */
  wishNode(wish: NodeWish): Promise<void>;
  /** Other stores whose services are on the swarm. */
  foreignStores(): Promise<ForeignStore[]>;
  /** @throws StoreError `NotFound` when no services of that store were found. */
  decideForeign(storeId: string, decision: ForeignDecision): Promise<void>;
}
