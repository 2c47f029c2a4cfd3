const LINE_CONTINUATION = '\\\n';
const ESCAPED = /\\(.)/gs;
const ESCAPED_IN_QUOTES = /\\([\n$`"\\])/g;

function unquoteDouble(text: string): string {
  return text.replace(ESCAPED_IN_QUOTES, (_, char: string) => (char === '\n' ? '' : char));
}

function unquote(piece: string): string {
  if (piece.startsWith("'")) return piece.slice(1, -1);
  if (piece.startsWith('"')) return unquoteDouble(piece.slice(1, -1));
  return piece.replace(ESCAPED, '$1');
}

/**
 * Splits a command line into words by the quoting rules of the POSIX shell (XCU 2.2): blanks
 * separate, `'…'` is literal, in `"…"` a backslash escapes ``$ ` " \`` and newline. No variables,
 * globs, pipes or comments: those characters stay as they are.
 *
 * @throws Error when a quote is not closed or the line ends in a lone backslash.
 */
export function splitWords(line: string): string[] {
  const pieces = /(\s+)|'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\]+/sy;
  const words: string[] = [];
  let word: string | undefined;
  while (pieces.lastIndex < line.length) {
    const start = pieces.lastIndex;
    const piece = pieces.exec(line);
    if (!piece) throw new Error(`${line.charAt(start)} at position ${start + 1} has no end`);
    if (piece[0] === LINE_CONTINUATION) continue;
    if (piece[1] === undefined) {
      word = (word ?? '') + unquote(piece[0]);
    } else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  return word === undefined ? words : [...words, word];
}
