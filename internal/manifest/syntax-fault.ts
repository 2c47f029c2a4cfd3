import { type Node, visit, type YAMLError } from 'yaml';
import type { ManifestFault } from './fault.ts';
import type { SourceText } from './source-text.ts';
import type { SyntaxDocument } from './syntax.ts';
import { syntaxMessage } from './syntax-message.ts';

/** What is wrong with a document's syntax: one fault, for the errors that follow are its echo. */
export function syntaxFault(
  source: SourceText,
  errors: readonly YAMLError[],
  document?: SyntaxDocument,
): ManifestFault | undefined {
  const first = firstOf(errors);
  if (first === undefined) return undefined;
  const opener = openerOf(first);
  if (opener !== undefined && document !== undefined) {
    const at = openedAt(document, source.text, opener, first.pos[0]);
    return source.fault(at, syntaxMessage(first.code, first.message));
  }
  if (isOverIndented(first, errors)) {
    const at = afterSpaces(source.text, source.text.indexOf('\n', first.pos[0]) + 1);
    return source.fault(at, 'bad indentation: the line above has a value already');
  }
  const at = afterSpaces(source.text, first.pos[0]);
  return source.fault(at, syntaxMessage(first.code, first.message));
}

/** A tab makes all kinds of errors, some of them above it. */
function firstOf(errors: readonly YAMLError[]): YAMLError | undefined {
  const tab = errors.find(({ code }) => code === 'TAB_AS_INDENT');
  if (tab !== undefined) return tab;
  return errors.reduce<YAMLError | undefined>(
    (first, error) => (first === undefined || error.pos[0] < first.pos[0] ? error : first),
    undefined,
  );
}

/** yaml takes `image: x`, and below it a deeper `tasks:`, for a key of two lines. */
function isOverIndented(first: YAMLError, errors: readonly YAMLError[]): boolean {
  if (first.code !== 'BLOCK_AS_IMPLICIT_KEY') return false;
  const [at] = first.pos;
  return errors.some(({ code, pos }) => code === 'MULTILINE_IMPLICIT_KEY' && pos[0] === at);
}

const OPENERS: Readonly<Record<string, string>> = { '"': '"', "'": "'", ']': '[', '}': '{' };

/** What was opened and never closed; or a "*" that was meant for a text and made an alias. */
function openerOf({ message }: YAMLError): string | undefined {
  if (message.includes('alias at node end')) return '*';
  const closer = /^Missing closing (["'])|end with a ([\]}])$/.exec(message);
  return OPENERS[closer?.[1] ?? closer?.[2] ?? ''];
}

/** Where it was opened; yaml says where it should have been closed. */
function openedAt(document: SyntaxDocument, text: string, opener: string, end: number): number {
  let at: number | undefined;
  const look = (_key: unknown, { range }: Node) => {
    const [start = end, , stop = 0] = range ?? [];
    if (start < end && stop >= end && text[start] === opener) at = Math.max(at ?? 0, start);
  };
  visit(document, { Alias: look, Scalar: look, Collection: look });
  return at ?? end;
}

function afterSpaces(text: string, offset: number): number {
  let at = offset;
  while (text[at] === ' ') at += 1;
  return at;
}
