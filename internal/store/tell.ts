import type { ChainableCommander } from 'ioredis';
import type { StoreConnection } from './connection.ts';
import type { ChangeTopic } from './ports.ts';
import { transact } from './transact.ts';

/** Length that the change stream is trimmed to, as in the scripts. */
const MAX_CHANGES = 10_000;

/**
 * Has the leading controller look at something, by the change stream.
 * @param write what is written in the same transaction.
 */
export async function tell(
  connection: StoreConnection,
  topic: ChangeTopic,
  write: (multi: ChainableCommander) => ChainableCommander = (multi) => multi,
): Promise<void> {
  const { changes } = connection.keys;
  await connection.read((redis) =>
    transact(write(redis.multi()).xadd(changes, 'MAXLEN', '~', MAX_CHANGES, '*', 'topic', topic)),
  );
}
