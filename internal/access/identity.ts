import type { Role } from './roles.ts';

/** The namespaces that a token is bound to; `*` is all of them, also those that are yet to come. */
export type Namespaces = '*' | readonly string[];

/** Who sends a request, and what they may do. */
export interface Identity {
  /** Digest of the token, or `anonymous` where none is needed. Keeps callers apart; never shown. */
  id: string;
  /** Shown in logs in place of the token. */
  name: string;
  role: Role;
  namespaces: Namespaces;
  /** Aborts when the token is taken away, or what it may do changes. */
  revoked: AbortSignal;
}

/** Knows the tokens. */
export interface Access {
  /**
   * @param token undefined when the request has none.
   * @returns undefined when it lets nobody in.
   */
  identify(token: string | undefined): Identity | undefined;
}

/** True when the objects of a namespace are there for whoever is bound to `namespaces`. */
export function sees(namespaces: Namespaces, namespace: string): boolean {
  return namespaces === '*' || namespaces.includes(namespace);
}
