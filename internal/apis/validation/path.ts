/** The way to a value within a body: member names and array indices. */
export type Path = readonly PropertyKey[];

const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const SHOWN_CHARS = 64;

/** What a client sent, fit for a message: quoted, escaped, and cut to 64 characters. */
export function quoted(text: string): string {
  const cut = text.length > SHOWN_CHARS;
  return JSON.stringify(cut ? `${text.slice(0, SHOWN_CHARS)}…` : text);
}

/**
 * What to do about a value that should be a text. Not the value itself: that 1.1 was written as 1.10, or
 * 18 as 0022, is known only to who has what was written, and then fills it in.
 */
export const WRITE_IN_QUOTES = 'write it in quotes';

/** What is to be written instead of `source`. */
export function inQuotes(source: string): string {
  return source === '' ? 'write "" for an empty text' : `write ${quoted(source)} in quotes`;
}

/** A path as text, such as `tasks[3].task_name`; the whole body is `body`. */
export function pathText(path: Path): string {
  const text = path.map(segmentText).join('');
  return text === '' ? 'body' : text.replace(/^\./, '');
}

function segmentText(segment: PropertyKey): string {
  if (typeof segment === 'number') return `[${segment}]`;
  const name = String(segment);
  return name.length <= SHOWN_CHARS && PLAIN_NAME.test(name) ? `.${name}` : `[${quoted(name)}]`;
}
