import { contradictions } from './contradictions.ts';
import { Refused, SettingsError } from './errors.ts';
import { type Env, type ReadFile, readText } from './read-text.ts';
import { redisProblems } from './redis-access.ts';
import { type Settings, settingsOf } from './settings.ts';
import { SETTINGS_TABLE, type Values } from './settings-table.ts';
import { unknownVariables } from './unknown.ts';
import type { Variable } from './variable.ts';

/**
 * Reads the server's settings, all at once.
 * @param readFile reads a text file, for the variables with `_FILE`; throws when it cannot.
 * @throws SettingsError that lists everything that is wrong.
 */
export function loadSettings(env: Env, readFile: ReadFile): Settings {
  const table: [string, Variable<unknown>][] = Object.entries(SETTINGS_TABLE);
  const names = table.map(([, { name }]) => name);
  const problems = unknownVariables(env, names);
  const isSet = (name: string) => Boolean(env[name] || env[`${name}_FILE`]);
  problems.push(...contradictions(new Set(names.filter(isSet))));
  const values: Record<string, unknown> = {};
  for (const [key, variable] of table) {
    const text = readText(variable.name, env, readFile, (line) => problems.push(line));
    values[key] = parse(variable, text ?? variable.fallback, problems);
  }
  // Each value is what its variable's parser gave, or is missing: not set, or told of above.
  if (problems.length === 0) {
    const nameOf = (key: keyof Values) => SETTINGS_TABLE[key].name;
    problems.push(...redisProblems(values as Partial<Values>, nameOf));
  }
  if (problems.length > 0) throw new SettingsError(problems);
  return settingsOf(values as Values, (name) => env[`${name}_FILE`] || undefined);
}

function parse<T>(
  variable: Variable<T>,
  text: string | undefined,
  problems: string[],
): T | undefined {
  if (text === undefined) return undefined;
  try {
    return variable.parse(text);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const example = `for example ${variable.name}=${variable.example}`;
    problems.push(...error.problems.map((wrong) => `${variable.name}: ${wrong}; ${example}`));
    return undefined;
  }
}
