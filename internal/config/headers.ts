import { Refused } from './errors.ts';
import { commaList } from './texts.ts';

/** A token of RFC 9110. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t -~]*$/;

/** Reads `name=value` by commas, values percent-encoded, as OpenTelemetry has it. Never shows a value. */
export function headers(text: string): Record<string, string> {
  const entries = commaList(text).map((entry, i) => {
    const at = entry.indexOf('=');
    const name = entry.slice(0, Math.max(0, at)).trim();
    const value = decoded(entry.slice(at + 1).trim());
    if (!NAME.test(name) || value === undefined || !VALUE.test(value)) {
      throw new Refused(`entry ${i + 1} is no name=value of a header`);
    }
    return [name, value];
  });
  if (entries.length === 0) throw new Refused('it is set and holds no header');
  return Object.fromEntries(entries);
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
