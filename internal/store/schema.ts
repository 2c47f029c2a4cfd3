/**
 * The form of what is in Redis. It grows when a version cannot read what the one before wrote, or needs
 * more of it; `migrations.ts` then gets a step. 1: jobs without a name, of which no list was kept.
 */
export const SCHEMA = 2;

/** The store cannot be used by this version, and will not by waiting. The message is for the operator. */
export class SchemaError extends Error {
  override name = 'SchemaError';
}

/** @throws SchemaError when a store of this schema must be left alone. */
export function checkSchema({ schema, restoring }: { schema: number; restoring: string }): void {
  if (restoring !== '') {
    throw new SchemaError(
      `A restore into this store was begun at ${restoring} and is not finished: run ` +
        '`swarmer restore --replace FILE`, then start swarmer again.',
    );
  }
  if (schema > SCHEMA) {
    throw new SchemaError(
      `The store has schema ${schema}, which a newer Swarmer made; this one knows schemas up to ` +
        `${SCHEMA} and would harm it: start the newer Swarmer, or restore a backup of the older one.`,
    );
  }
}
