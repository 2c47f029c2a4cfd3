import type { StoreConnection } from './connection.ts';
import type { AppliedManifests } from './ports.ts';

/** Which manifests of directories were applied: one hash, object → digest. */
export class AppliedStore implements AppliedManifests {
  readonly #connection: StoreConnection;

  constructor(connection: StoreConnection) {
    this.#connection = connection;
  }

  async appliedDigest(object: string): Promise<string | undefined> {
    const { applied } = this.#connection.keys;
    const digest = await this.#connection.read((redis) => redis.hget(applied, object));
    return digest ?? undefined;
  }

  async rememberApplied(object: string, digest: string): Promise<void> {
    const { applied } = this.#connection.keys;
    await this.#connection.read((redis) => redis.hset(applied, object, digest));
  }
}
