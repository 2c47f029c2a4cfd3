import { quoted } from '../apis/validation/path.ts';

type Rule = readonly [code: string, pattern: RegExp, message: string];

/** yaml's errors in the words of somebody who writes a manifest. The first that fits is taken. */
const RULES: readonly Rule[] = [
  ['TAB_AS_INDENT', /./, 'a tab in the indentation: indent with spaces'],
  ['BAD_INDENT', /^All/, 'bad indentation: the entries of one mapping start in one column'],
  ['MISSING_CHAR', /without - /, 'bad indentation: neither an item of the list nor a part of one'],
  ['MISSING_CHAR', /^Missing closing/, 'this quote is not closed'],
  ['MISSING_CHAR', /end with a \]/, 'this "[" is not closed: a "]" is missing'],
  ['MISSING_CHAR', /end with a \}/, 'this "{" is not closed: a "}" is missing'],
  ['BAD_INDENT', /end with a \]/, 'this "[" is not closed: a "]" is missing, or not indented'],
  ['BAD_INDENT', /end with a \}/, 'this "{" is not closed: a "}" is missing, or not indented'],
  ['MISSING_CHAR', /followed by map values/, 'a ":" is missing after this key'],
  ['MISSING_CHAR', /, or : between/, 'a "," or ":" is missing here'],
  ['MISSING_CHAR', /, between/, 'a "," is missing here'],
  ['MULTILINE_IMPLICIT_KEY', /./, 'a ":" and a space are missing after this key'],
  ['BLOCK_AS_IMPLICIT_KEY', /Nested/, 'a second ": " on one line: write the text in quotes'],
  ['BLOCK_AS_IMPLICIT_KEY', /sequence/, 'bad indentation: a list cannot start here'],
  ['BLOCK_IN_FLOW', /./, 'a "," is missing here, or a "}" or "]" before it'],
  ['UNEXPECTED_TOKEN', /alias at node end/, 'a text that begins with "*" must be in quotes'],
  ['UNEXPECTED_TOKEN', /at node end/, 'more text after the value: write all of it in quotes'],
  ['RESOURCE_EXHAUSTION', /./, 'nested too deeply'],
];

/** What is wrong, in a few words. */
export function syntaxMessage(code: string, message: string): string {
  for (const [ruleCode, pattern, words] of RULES) {
    if (ruleCode === code && pattern.test(message)) return words;
  }
  if (code === 'TAG_RESOLVE_FAILED') return tagMessage(message);
  if (code === 'BAD_SCALAR_START') {
    return `a text that begins with ${quoted(message.slice(-1))} must be in quotes`;
  }
  return shortened(message);
}

function tagMessage(message: string): string {
  const tag = message.replace(/^Unresolved tag: /, '').replace('tag:yaml.org,2002:', '!!');
  if (!tag.startsWith('!')) return shortened(message);
  return `the tag ${quoted(tag)} is refused: write a plain value`;
}

const SHOWN_CHARS = 80;

function shortened(message: string): string {
  const cut = message.length > SHOWN_CHARS ? `${message.slice(0, SHOWN_CHARS)}…` : message;
  return cut.charAt(0).toLowerCase() + cut.slice(1);
}
