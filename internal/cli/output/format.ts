import { UsageError } from '../errors.ts';

/** What `-o` asks for. */
export type Format =
  | { kind: 'table'; wide: boolean }
  | { kind: 'json' | 'yaml' | 'name' }
  | { kind: 'jsonpath'; template: string };

const JSONPATH = 'jsonpath=';

/** @throws UsageError for a form that there is not. */
export function parseFormat(text: string | undefined): Format {
  if (text === undefined) return { kind: 'table', wide: false };
  if (text === 'wide') return { kind: 'table', wide: true };
  if (text === 'json' || text === 'yaml' || text === 'name') return { kind: text };
  if (text.startsWith(JSONPATH) && text.length > JSONPATH.length) {
    return { kind: 'jsonpath', template: text.slice(JSONPATH.length) };
  }
  throw new UsageError(
    `there is no output format "${text}"; use wide, json, yaml, name or jsonpath='{.items[*].metadata.name}'`,
  );
}
