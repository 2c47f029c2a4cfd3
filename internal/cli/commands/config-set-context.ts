import { changeConfig } from '../change-contexts.ts';
import type { ConfigContext } from '../config-file.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { Options } from '../options.ts';
import { serverUrl } from '../settings.ts';

const MEMBERS = ['server', 'token', 'namespace'] as const;

/** Makes a context, or changes what is given of it. The first one becomes the current one. */
export async function run(
  context: Context,
  args: readonly string[],
  options: Options,
): Promise<undefined> {
  const [name = ''] = args;
  if (name === '') throw new UsageError('the name of a context must not be empty');
  const given = membersOf(options);
  await changeConfig(context, ({ contexts, currentContext }) => {
    const at = contexts.findIndex((one) => one.name === name);
    const after = { ...contexts[at], ...given, name };
    const changed = at < 0 ? [...contexts, after] : contexts.with(at, after);
    return { currentContext: currentContext ?? name, contexts: changed };
  });
  context.say(`Context "${name}" is set.`);
  return undefined;
}

function membersOf(options: Options): Partial<ConfigContext> {
  const given: Partial<ConfigContext> = {};
  for (const member of MEMBERS) {
    const value = options.text(member);
    if (value === undefined) continue;
    if (value === '') throw new UsageError(`--${member} must not be empty`);
    given[member] = member === 'server' ? serverUrl(value).href : value;
  }
  return given;
}
