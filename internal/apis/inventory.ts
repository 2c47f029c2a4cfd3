import type { ReferenceKind } from './references.ts';
import type { CredentialName } from './registry.ts';

/** Names of what the swarm has, by kind. A kind that is absent has more than are kept: nothing is known of it. */
export type SwarmNames = Partial<Record<ReferenceKind, string[]>>;

/**
 * What belongs to the stack that Swarmer itself is of: jobs may use it only where the operator's policy has its
 * whole name.
 */
export interface OwnNames extends Record<ReferenceKind | 'volumes', string[]> {
  /** Name of the stack. Volumes are of nodes, and in no list: those whose names begin with it are its own too. */
  stack: string;
}

/** Which policy one process of Swarmer holds. */
export interface PolicyHolder {
  /** Its role, host and number: unique. */
  process: string;
  /** Of the rules and of what callbacks may reach beside them. */
  hash: string;
  /** When it said so, in Unix ms by the clock of Redis. */
  at: number;
}

/** What the leading controller last saw that services may refer to. */
export interface SwarmInventory {
  names: SwarmNames;
  /** What jobs may choose; absent when that cannot be told. */
  registryCredentials?: CredentialName[];
  /** Absent when Swarmer is of no stack. */
  own?: OwnNames;
  /** When the look began, in Unix ms by the clock of Redis: every process has that one. */
  takenAt: number;
}
