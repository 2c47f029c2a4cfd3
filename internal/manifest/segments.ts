/** One step of a path: an index, or the name of a member. */
export type Segment = number | ((name: string) => boolean);

const SEGMENT = /\.?([A-Za-z_][A-Za-z0-9_]*)|\[(\d{1,15})\]|\[("(?:[^"\\]|\\.)*")\]/y;
/** `pathText` cuts longer names to this and adds "…". */
const SHOWN_CHARS = 64;

/**
 * The steps of a path in the form of `pathText`, such as `spec.tasks[3].env["a/b"]`.
 * @returns the steps up to the first that cannot be read; none for `body`.
 */
export function segmentsOf(path: string): Segment[] {
  if (path === 'body') return [];
  const segments: Segment[] = [];
  SEGMENT.lastIndex = 0;
  for (let found = SEGMENT.exec(path); found !== null; found = SEGMENT.exec(path)) {
    const [, name, index, text] = found;
    if (index !== undefined) segments.push(Number(index));
    else segments.push(name === undefined ? quotedName(text ?? '""') : (key) => key === name);
  }
  return segments;
}

function quotedName(text: string): Segment {
  const name = unquoted(text);
  const isCut = name.length === SHOWN_CHARS + 1 && name.endsWith('…');
  return isCut ? (key) => key.startsWith(name.slice(0, SHOWN_CHARS)) : (key) => key === name;
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    // No text that pathText makes; no member is called so.
    return text;
  }
}
