/** The way to a value within a body: member names and array indices. */
export type Path = readonly PropertyKey[];

const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const SHOWN_CHARS = 64;

/** What a client sent, fit for a message: quoted, escaped, and cut to 64 characters. */
export function quoted(text: string): string {
  const cut = text.length > SHOWN_CHARS;
  return JSON.stringify(cut ? `${text.slice(0, SHOWN_CHARS)}…` : text);
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
