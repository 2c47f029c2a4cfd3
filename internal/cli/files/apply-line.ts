import { terminalSafe } from '../output/terminal-safe.ts';
import type { Applied, FieldChange } from '../resources.ts';

const SHOWN_CHANGES = 4;
const SHOWN_CHARS = 60;

/** What became of an object, as in `job/report configured (spec.parallelism: 2 → 4)`. */
export function appliedLine({ result, changes, object }: Applied, note = ''): string {
  const name = `${object.kind.toLowerCase()}/${object.metadata.name}`;
  const shown = changes.slice(0, SHOWN_CHANGES).map(changeText);
  const more = changes.length - shown.length;
  if (more > 0) shown.push(`and ${more} more`);
  const what = shown.length === 0 ? '' : ` (${shown.join(', ')})`;
  return terminalSafe(`${name} ${result}${what}${note}`);
}

function changeText({ path, from, to }: FieldChange): string {
  if (from === undefined) return `${path}: set to ${valueText(to)}`;
  if (to === undefined) return `${path}: ${valueText(from)} removed`;
  return `${path}: ${valueText(from)} → ${valueText(to)}`;
}

function valueText(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text;
}
