// C0 and C1 controls, DEL, line separators, and the marks that turn the direction of writing.
const UNSAFE = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Text that came from elsewhere, made fit for one line of a terminal: controls are shown, not obeyed. */
export function terminalSafe(text: string): string {
  return text.replace(UNSAFE, escaped);
}

/** Like {@link terminalSafe}, for text of several lines: line feeds and tabs are left. */
export function terminalSafeLines(text: string): string {
  return text.replace(UNSAFE, (char) => (char === '\n' || char === '\t' ? char : escaped(char)));
}

function escaped(char: string): string {
  const code = char.charCodeAt(0);
  const hex = code.toString(16);
  return SHORT[char] ?? (code < 256 ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`);
}
