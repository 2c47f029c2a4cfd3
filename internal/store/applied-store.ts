import type { StoreConnection } from './connection.ts';
import type { AppliedManifests } from './ports.ts';

/** Which manifests of directories were applied: one hash, object → digest, and `file ` object → its file. */
export class AppliedStore implements AppliedManifests {
  readonly #connection: StoreConnection;

  constructor(connection: StoreConnection) {
    this.#connection = connection;
  }

  appliedDigest(object: string): Promise<string | undefined> {
    return this.#read(object);
  }

  appliedFrom(object: string): Promise<string | undefined> {
    return this.#read(`file ${object}`);
  }

  async rememberApplied(object: string, digest: string, from?: string): Promise<void> {
    const { applied } = this.#connection.keys;
    const note = { [object]: digest, ...(from === undefined ? {} : { [`file ${object}`]: from }) };
    await this.#connection.read((redis) => redis.hset(applied, note));
  }

  async #read(field: string): Promise<string | undefined> {
    const { applied } = this.#connection.keys;
    return (await this.#connection.read((redis) => redis.hget(applied, field))) ?? undefined;
  }
}
