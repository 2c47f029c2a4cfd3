import type { Role } from '../../access/index.ts';

/**
 * What a route is about, and thereby whose it may be.
 * - `namespace`: the namespace of its path.
 * - `job`: the job of its path, by uid.
 * - `own`: whatever the caller sees, such as a list over all namespaces.
 * - `cluster`: what belongs to no namespace; only for who is bound to all of them.
 */
export type Concern = 'namespace' | 'job' | 'own' | 'cluster';

/** What a caller must have for a route. */
export interface Needs {
  role: Role;
  concern: Concern;
  /** Of a route that writes: what the audit log calls it. */
  verb?: string;
}

/** A route that changes nothing. */
export function reads(concern: Concern, role: Role = 'view'): Needs {
  return { concern, role };
}

/** A route that changes something. */
export function writes(verb: string, role: Role, concern: Concern): Needs {
  return { verb, role, concern };
}
