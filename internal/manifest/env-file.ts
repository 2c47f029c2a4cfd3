/** The variables of a file, and what is wrong with it. */
export interface EnvFile {
  env: Record<string, string>;
  /** Each with its line. */
  problems: string[];
}

/**
 * Reads a file of variables as `docker run --env-file` does: one `NAME=value` per line, the value as it
 * stands, quotes and spaces included; lines that begin with `#` are comments; a name alone stands for the
 * variable of this process, and for nothing where there is none.
 * @param lookup variables of this process; without it a name alone is refused.
 */
export function parseEnvFile(text: string, lookup?: (name: string) => string | undefined): EnvFile {
  const env: [string, string][] = [];
  const problems: string[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const entry = line.replace(/^[ \t]+/, '');
    if (entry === '' || entry.startsWith('#')) continue;
    const equals = entry.indexOf('=');
    const name = equals < 0 ? entry : entry.slice(0, equals);
    const problem = nameProblem(name, equals < 0 && lookup === undefined);
    const value = equals < 0 ? lookup?.(name) : entry.slice(equals + 1);
    if (problem !== undefined) problems.push(`line ${index + 1}: ${problem}`);
    else if (value !== undefined) env.push([name, value]);
  }
  return { env: Object.fromEntries(env), problems };
}

function nameProblem(name: string, isUnknown: boolean): string | undefined {
  if (name === '') return 'a variable must have a name before "="';
  if (/\s/.test(name)) return 'the name of a variable must not have spaces in it';
  return isUnknown ? 'a name alone has no value here: write NAME=value' : undefined;
}
