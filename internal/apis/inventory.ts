import type { ReferenceKind } from './references.ts';
import type { CredentialName } from './registry.ts';

/** Names of what the swarm has, by kind. A kind that is absent has more than are kept: nothing is known of it. */
export type SwarmNames = Partial<Record<ReferenceKind, string[]>>;

/** What the leading controller last saw that services may refer to. */
export interface SwarmInventory {
  names: SwarmNames;
  /** What jobs may choose; absent when that cannot be told. */
  registryCredentials?: CredentialName[];
  /** When the look began, in Unix ms by the clock of Redis: every process has that one. */
  takenAt: number;
}
