import type { ChainableCommander } from 'ioredis';

/**
 * Runs a MULTI and gives its values.
 * @throws the first error among its replies.
 */
export async function transact(multi: ChainableCommander): Promise<unknown[]> {
  const replies = await multi.exec();
  if (replies === null) throw new Error('Redis aborted a transaction');
  return replies.map(([error, value]) => {
    if (error) throw error;
    return value;
  });
}
