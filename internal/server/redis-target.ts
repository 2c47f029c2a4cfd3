import { readFileSync } from 'node:fs';
import { isPem, type Settings, SettingsError } from '../config/index.ts';
import type { RedisTarget } from '../store/index.ts';

type Tls = NonNullable<RedisTarget['tls']>;
type File = keyof Pick<Tls, 'ca' | 'cert' | 'key'>;

const VARIABLES = [
  ['ca', 'REDIS_TLS_CA'],
  ['cert', 'REDIS_TLS_CERT'],
  ['key', 'REDIS_TLS_KEY'],
] as const satisfies [File, string][];

/**
 * The Redis of the settings, with its files of TLS read. They are read once: a server takes a new
 * certificate up when it is started again.
 * @throws SettingsError with a line for each file that cannot be read, or is none.
 */
export function redisTarget(target: NonNullable<Settings['redis']>): RedisTarget {
  if (target.tls === undefined) return target;
  const problems: string[] = [];
  const tls: Tls = { ...target.tls };
  for (const [name, variable] of VARIABLES) {
    const given = target.tls[name];
    if (given === undefined) continue;
    const text = isPem(given)
      ? given
      : readPem(given, (why) => problems.push(`${variable}: ${why}`));
    if (text !== undefined) tls[name] = text;
  }
  if (problems.length > 0) throw new SettingsError(problems);
  return { ...target, tls };
}

function readPem(path: string, problem: (why: string) => void): string | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    if (isPem(text)) return text;
    problem(`the file ${JSON.stringify(path)} holds no PEM ("-----BEGIN …"); name another one`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    problem(`the file cannot be read (${why}); name a readable file of PEM`);
  }
  return undefined;
}
