import { timingSafeEqual } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { TokenEntry } from './access-file.ts';
import type { Access, Identity } from './identity.ts';
import { digestOf, hashOf, parseHash } from './token.ts';

/** A token that is known by its digest. */
interface KnownToken {
  digest: Buffer;
  identity: Identity;
  revoke(): void;
}

/** Lets in whoever has a token. */
export class TokenAccess implements Access {
  readonly #operators: readonly KnownToken[];
  #known: readonly KnownToken[];

  /** @param operators tokens that may do everything. */
  constructor(operators: readonly string[], entries: readonly TokenEntry[] = []) {
    this.#operators = operators.map((token, i) => known(operatorEntry(token, i)));
    this.#known = [...this.#operators, ...entries.map(known)];
  }

  /**
   * Compares digests of equal length, each with every one, so that the time taken says nothing of how
   * much of a token was right.
   */
  identify(token: string | undefined): Identity | undefined {
    if (token === undefined) return undefined;
    const given = digestOf(token);
    return this.#known.filter(({ digest }) => timingSafeEqual(digest, given))[0]?.identity;
  }

  /** Takes other tokens for those of before; a token that is the same in all remains. */
  use(entries: readonly TokenEntry[]): void {
    const before = new Map(this.#known.map((it) => [keyOf(it.identity), it]));
    const now = entries.map((entry) => {
      const next = known(entry);
      return before.get(keyOf(next.identity)) ?? next;
    });
    const dropped = new Set(this.#known);
    this.#known = [...this.#operators, ...now];
    for (const kept of this.#known) dropped.delete(kept);
    for (const { revoke } of dropped) revoke();
  }
}

/** Everybody may do everything: for a server without any tokens. */
export const openAccess: Access = {
  identify: () => ANONYMOUS,
};

const ANONYMOUS: Identity = {
  ...{ id: 'anonymous', name: '(anonymous)', role: 'admin', namespaces: '*' },
  revoked: new AbortController().signal,
};
setMaxListeners(0, ANONYMOUS.revoked);

/** No token of a file can have its name. */
function operatorEntry(token: string, index: number): TokenEntry {
  const name = `SWARMER_API_TOKENS#${index + 1}`;
  return { name, role: 'admin', namespaces: '*', hash: hashOf(token) };
}

function known({ hash, ...rest }: TokenEntry): KnownToken {
  const digest = parseHash(hash);
  if (digest === undefined) throw new Error('the hash of a token was not checked');
  const over = new AbortController();
  setMaxListeners(0, over.signal);
  const identity = { ...rest, id: digest.toString('hex'), revoked: over.signal };
  return { digest, identity, revoke: () => over.abort() };
}

function keyOf({ id, name, role, namespaces }: Identity): string {
  return JSON.stringify([id, name, role, namespaces]);
}
