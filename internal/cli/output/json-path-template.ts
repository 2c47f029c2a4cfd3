import { UsageError } from '../errors.ts';

export type Node =
  | { kind: 'text'; text: string }
  | { kind: 'value'; path: string }
  | { kind: 'range'; path: string; body: Node[] };

type Token = { kind: 'text'; text: string } | { kind: 'action'; text: string };

/**
 * A template of kubectl as a tree. A template without braces is one path.
 * @throws UsageError when a brace, a quote or an `{end}` is missing.
 */
export function parseTemplate(template: string): Node[] {
  const tokens = tokenize(template.includes('{') ? template : `{${template}}`);
  const root: Node[] = [];
  const open: Node[][] = [root];
  for (const token of tokens) {
    const body = open.at(-1) ?? root;
    const node = token.kind === 'text' ? token : actionOf(token.text);
    if (node === 'end') {
      if (open.length === 1) throw invalid('there is an {end} without {range …}');
      open.pop();
      continue;
    }
    body.push(node);
    if (node.kind === 'range') open.push(node.body);
  }
  if (open.length > 1) throw invalid('a {range …} has no {end}');
  return root;
}

function tokenize(template: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < template.length; ) {
    const brace = template.indexOf('{', at);
    const textEnd = brace < 0 ? template.length : brace;
    if (textEnd > at) tokens.push({ kind: 'text', text: template.slice(at, textEnd) });
    if (brace < 0) break;
    const end = closing(template, brace);
    tokens.push({ kind: 'action', text: template.slice(brace + 1, end).trim() });
    at = end + 1;
  }
  return tokens;
}

/** Where the brace is closed; those within quotes do not count. */
function closing(template: string, brace: number): number {
  let quote = '';
  for (let at = brace + 1; at < template.length; at++) {
    const char = template[at] ?? '';
    if (quote !== '' && char === '\\') at++;
    else if (char === quote) quote = '';
    else if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (quote === '' && char === '}') return at;
  }
  throw invalid(`the brace at ${brace + 1} is not closed`);
}

function actionOf(text: string): Node | 'end' {
  if (text === 'end') return 'end';
  const quoted = /^(["'])(.*)\1$/s.exec(text);
  if (quoted) return { kind: 'text', text: unescaped(quoted[2] ?? '') };
  const range = /^range\s+(.+)$/s.exec(text);
  if (range) return { kind: 'range', path: standardPath(range[1] ?? ''), body: [] };
  return { kind: 'value', path: standardPath(text) };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, (_, char: string) => ESCAPES[char] ?? char);
}

/** kubectl's path as others write it: rooted at `$`, with brackets where a name holds dots. */
function standardPath(text: string): string {
  if (text === '' || text === '.') return '$';
  const relative = text.replace(/^[$@]/, '');
  const rooted = /^[.[]/.test(relative) || relative === '' ? relative : `.${relative}`;
  return `$${rooted
    .replace(/\.((?:[^.[\\]|\\.)*\\\.(?:[^.[\\]|\\.)*)/g, (_, name: string) => bracketed(name))
    .replace(/\[-(\d+)\]/g, (_, back: string) => fromEnd(Number(back)))}`;
}

function bracketed(name: string): string {
  return `['${name.replaceAll('\\.', '.')}']`;
}

/** `[-1]` is the last; the library knows slices alone. */
function fromEnd(back: number): string {
  return back === 1 ? '[-1:]' : `[-${back}:-${back - 1}]`;
}

function invalid(why: string): UsageError {
  return new UsageError(`the JSONPath template is not valid: ${why}`);
}
