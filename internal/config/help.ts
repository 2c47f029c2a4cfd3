import { SETTINGS_TABLE } from './settings-table.ts';
import type { Variable } from './variable.ts';

/** The variables with their defaults, for `swarmer serve --help`. */
export function settingsHelp(): string {
  const table: Variable<unknown>[] = Object.values(SETTINGS_TABLE);
  const width = Math.max(...table.map(({ name }) => name.length));
  const lines = table.map(({ name, description, fallback }) => {
    const ending = fallback === undefined ? '' : ` (default: ${fallback})`;
    return `  ${name.padEnd(width)}  ${description}${ending}`;
  });
  return [
    'Settings, all of them environment variables:',
    ...lines,
    '',
    'Each can also be read from a file: NAME_FILE=/run/secrets/name instead of NAME=value.',
    '',
  ].join('\n');
}
