import type { CredentialName, LoginResult } from '../apis/index.ts';
import { registryOf } from './image-reference.ts';
import type { CredentialSource } from './source.ts';

/** For whom a login is looked for. */
export interface LoginWish {
  image: string;
  namespace: string;
  /** `spec.registryCredential`. */
  credential?: string;
}

/**
 * The credential for an image, by its registry: of the first source that has one. One that a job asks
 * for by name comes from the operator's file alone.
 */
export class RegistryCredentials {
  readonly #named: NamedSource | undefined;
  readonly #others: readonly CredentialSource[];

  /** @param others in the order in which they are asked. */
  constructor(named: NamedSource | undefined, others: readonly CredentialSource[]) {
    this.#named = named;
    this.#others = others;
  }

  /** What jobs may choose; undefined while that cannot be told. */
  async names(): Promise<CredentialName[] | undefined> {
    return this.#named === undefined ? [] : this.#named.names();
  }

  async find({ image, ...wish }: LoginWish): Promise<LoginResult> {
    const request = { ...wish, registry: registryOf(image) };
    if (wish.credential !== undefined) {
      return this.#named?.find(request) ?? { kind: 'refused', message: NO_FILE };
    }
    let failed: LoginResult | undefined;
    for (const source of [...(this.#named ? [this.#named] : []), ...this.#others]) {
      const result = await source.find(request);
      if (result.kind === 'found') return result;
      if (result.kind === 'failed') failed ??= result;
    }
    return failed ?? { kind: 'none' };
  }
}

/** A source whose credentials jobs may choose by name. */
interface NamedSource extends CredentialSource {
  /** Undefined while that cannot be told. */
  names(): Promise<CredentialName[] | undefined>;
}

const NO_FILE =
  'the operator has set up no registry credentials: leave spec.registryCredential out, or ask for one';
