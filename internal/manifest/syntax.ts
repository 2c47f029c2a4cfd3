import { Composer, type Document, Lexer, type ParsedNode, Parser, type YAMLError } from 'yaml';
import { MANIFEST_LIMITS } from './limits.ts';

export type SyntaxDocument = Document.Parsed<ParsedNode>;

export interface SyntaxTree {
  documents: SyntaxDocument[];
  /** Errors that stand before the first document. */
  errors: YAMLError[];
  /** Where reading stopped because mappings and lists are nested too deeply. */
  tooDeepAt?: number;
}

/** Plain values of YAML 1.2 whatever `%YAML` says: no dates, no binaries, "yes" is a text. */
const OPTIONS = {
  schema: 'core',
  merge: false,
  resolveKnownTags: false,
  // The library compares every key with every other; values.ts does it in linear time.
  uniqueKeys: false,
  logLevel: 'silent',
} as const;

/**
 * Reads text into YAML documents, broken ones included. What follows an error that leaves the
 * structure open is not read: it would mostly repeat the error.
 */
export function parseSyntax(text: string): SyntaxTree {
  const parser = new Parser();
  const composer = new Composer<ParsedNode>(OPTIONS);
  const documents: SyntaxDocument[] = [];
  let offset = 0;
  let tooDeepAt: number | undefined;
  const compose = (tokens: ReturnType<Parser['next']>): boolean => {
    for (const token of tokens) {
      documents.push(...composer.next(token));
      if (token.type === 'error') return false;
    }
    return true;
  };
  let open = true;
  for (const lexeme of new Lexer().lex(text)) {
    offset = parser.offset;
    open = compose(parser.next(lexeme));
    if (isTooDeep(parser)) tooDeepAt = offset;
    if (!open || tooDeepAt !== undefined) break;
  }
  if (open && tooDeepAt === undefined) compose(parser.end());
  documents.push(...composer.end());
  const { errors, warnings } = composer.streamInfo();
  return {
    documents,
    errors: [...errors, ...warnings],
    ...(tooDeepAt === undefined ? {} : { tooDeepAt }),
  };
}

const COLLECTIONS = new Set(['block-map', 'block-seq', 'flow-collection']);

/** Asked after every token, so that a file of brackets is refused at its 33rd. */
function isTooDeep({ stack }: Parser): boolean {
  const { depth } = MANIFEST_LIMITS;
  if (stack.length <= depth) return false;
  return stack.filter(({ type }) => COLLECTIONS.has(type)).length > depth;
}
