import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { EmbeddedRedisError, hasCode } from './embedded-error.ts';

const runFile = promisify(execFile);

/** The kernel kills what this starts when the thread that started it ends, however that ends. */
const DIE_WITH_US = ['setpriv', '--pdeathsig', 'KILL'];

/** How to start Redis. */
export interface RedisProgram {
  name: string;
  /** Comes before the command; empty where util-linux' setpriv is missing. */
  prefix: readonly string[];
}

/**
 * The first of these programs that PATH has.
 * @throws EmbeddedRedisError when there is none.
 */
export async function findRedis(names: readonly string[]): Promise<RedisProgram> {
  for (const name of names) {
    if (!(await runs([name, '--version']))) continue;
    // The setpriv of busybox knows no --pdeathsig, so it is tried, not only looked for.
    const bound = await runs([...DIE_WITH_US, name, '--version']);
    return { name, prefix: bound ? DIE_WITH_US : [] };
  }
  throw new EmbeddedRedisError(
    `neither ${names.join(' nor ')} is installed: ` +
      'type "apt-get install redis-server", or set REDIS_URL to a Redis that runs elsewhere.',
  );
}

async function runs([file = '', ...args]: readonly string[]): Promise<boolean> {
  try {
    await runFile(file, args);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'EACCES')) return false;
    // It ran and refused: a number is an exit status.
    if (error instanceof Error && 'code' in error && typeof error.code === 'number') return false;
    throw error;
  }
}
