import type { StoreConnection } from './connection.ts';
import { StoreError } from './errors.ts';
import { MIGRATIONS } from './migrations.ts';
import type { Fence } from './ports.ts';
import { checkSchema, SCHEMA } from './schema.ts';

/** The schema of the store: noted in a new one, checked in any, and brought up to this version's. */
export class SchemaStore {
  readonly #connection: StoreConnection;

  constructor(connection: StoreConnection) {
    this.#connection = connection;
  }

  /**
   * The schema of the store, which is this version's or an older one's.
   * @throws SchemaError when the store must be left alone; StoreError `Unavailable`.
   */
  async check(): Promise<number> {
    const { meta, activeJobs, allJobs } = this.#connection.keys;
    const [schema, restoring = ''] = await this.#connection.values(
      'stamp_schema',
      [meta, activeJobs, allJobs],
      [SCHEMA],
    );
    checkSchema({ schema: Number(schema), restoring });
    return Number(schema);
  }

  /** Writes what stands there already. @throws StoreError `Unavailable` when Redis takes no writes. */
  async checkWrites(): Promise<void> {
    await this.#connection.storeId();
  }

  /**
   * Takes the steps that are left to this version's schema, as the leader. Whatever it is broken off by,
   * the next leader goes on with the step that was under way.
   * @param onStep is called after each step with the schema that there is then.
   * @throws SchemaError, StoreError `Fenced`.
   */
  async migrate(fence: Fence, onStep: (schema: number) => void): Promise<void> {
    let schema = await this.check();
    for (const step of MIGRATIONS) {
      if (step.to <= schema) continue;
      await step.run(this.#connection, fence);
      await this.#note(fence, schema, step.to);
      schema = step.to;
      onStep(schema);
    }
  }

  async #note({ token }: Fence, from: number, to: number): Promise<void> {
    const { lease, meta } = this.#connection.keys;
    try {
      await this.#connection.transition('set_schema', [lease, meta], [token, from, to]);
    } catch (error) {
      // Our own call, whose reply was lost, or an operator's: looked at again.
      const known = error instanceof StoreError && error.code === 'Conflict';
      if (!known || (await this.check()) !== to) throw error;
    }
  }
}
