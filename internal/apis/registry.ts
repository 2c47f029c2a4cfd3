/** What logs in at a registry, in the words of the Engine API. Never stored, logged or shown. */
export interface RegistryAuth {
  username?: string;
  password?: string;
  /** Instead of the password: what the registry's token server gave for it. */
  identitytoken?: string;
  registrytoken?: string;
  serveraddress: string;
}

/** A credential that was found for a registry. */
export interface RegistryLogin {
  /** Host, with the port if there is one, as `registryOf` gives it. */
  registry: string;
  /** Where it came from, for messages: never what is secret in it. */
  source: string;
  /** Not enumerable: it stays out of logs and of JSON. */
  readonly auth: RegistryAuth;
}

/**
 * What looking for a credential came to.
 * - `none`: no source has one for the registry; most images need none.
 * - `refused`: the job asked for one that it cannot have.
 * - `failed`: a source that has one did not give it; `passing` says that it may later.
 */
export type LoginResult =
  | { kind: 'found'; login: RegistryLogin }
  | { kind: 'none' }
  | { kind: 'refused'; message: string }
  | { kind: 'failed'; message: string; passing: boolean };

/**
 * What a registry says of an image.
 * - `found`: it has it, under this digest.
 * - `missing`: it has no such image.
 * - `denied`: it wants another login, or one at all. Some say so of what they do not have.
 * - `busy`: it cannot answer now (429, 5xx).
 * - `silent`: nothing usable was heard of it. A name that only this machine knows gives this too.
 */
export type RegistryAnswer =
  | { kind: 'found'; digest: string }
  | { kind: 'missing' | 'denied' | 'busy' | 'silent'; message: string };

/** A registry credential of the operator, without what is secret in it. */
export interface CredentialName {
  name: string;
  /** Those that may use it; all when absent. */
  namespaces?: string[];
}

/** What a registry says of a login; as of an image, but for what there is to say. */
export type LoginAnswer =
  | { kind: 'taken' }
  | { kind: 'denied' | 'busy' | 'silent' | 'missing'; message: string };

/** What a job runs, and for whom. */
export interface ImageWish {
  /** As the job names it. */
  image: string;
  namespace: string;
  /** `spec.registryCredential`. */
  credential?: string;
  /** True when a registry has given the job its digest. */
  pinned: boolean;
}

/**
 * What an attempt is to run.
 * - `refused`: it must not run, as it cannot have the credential that it asks for.
 * - `ready`: `reference` has the digest, where the registry told it; `byTag` tells why it has none.
 */
export type PreparedImage =
  | { kind: 'refused'; message: string }
  | { kind: 'ready'; login?: RegistryLogin; reference?: string; byTag?: string };
