import { isScalar } from 'yaml';
import { pathText } from '../apis/validation/path.ts';
import { tooDeep } from './aliases.ts';
import { ManifestDocument } from './document.ts';
import { byPosition, type ManifestFault } from './fault.ts';
import { MANIFEST_LIMITS } from './limits.ts';
import { expandList } from './list.ts';
import { SourceText } from './source-text.ts';
import { parseSyntax, type SyntaxDocument } from './syntax.ts';
import { syntaxFault } from './syntax-fault.ts';
import { ValueReader } from './values.ts';

export interface ReadResult {
  /** Those without faults, in their order; lists are expanded, empty documents left out. */
  documents: ManifestDocument[];
  /** In the order of the file; the first 100. */
  faults: ManifestFault[];
  /** How many faults there are beyond those. */
  more: number;
}

/**
 * Reads the text of one manifest file: YAML 1.2 of any number of documents, or JSON. Never throws.
 * @param text at most 1 MiB in UTF-8.
 * @param source name of the file, for messages.
 */
export function readManifests(text: string, source: string): ReadResult {
  const file = new SourceText(text.replace(/^\uFEFF/, ''), source);
  if (isTooLong(text)) return result([file.fault(0, tooLong())]);
  const { documents, errors, tooDeepAt } = parseSyntax(file.text);
  const read = documents.filter((each) => !isEmpty(each)).flatMap((each) => readOne(file, each));
  const stray = syntaxFault(file, errors);
  if (stray !== undefined) read.push(stray);
  if (tooDeepAt !== undefined) read.push(file.fault(tooDeepAt, tooDeep()));
  return result(read);
}

function isTooLong(text: string): boolean {
  const { bytes } = MANIFEST_LIMITS;
  return text.length > bytes || Buffer.byteLength(text) > bytes;
}

function tooLong(): string {
  return `the file is too large: at most ${MANIFEST_LIMITS.bytes} bytes (1 MiB); split it`;
}

/** A document of comments only. */
function isEmpty({ contents, errors, warnings }: SyntaxDocument): boolean {
  if (errors.length > 0 || warnings.length > 0) return false;
  return contents === null || (isScalar(contents) && contents.value === null && !contents.source);
}

function readOne(file: SourceText, syntax: SyntaxDocument): (ManifestDocument | ManifestFault)[] {
  const broken = syntaxFault(file, [...syntax.errors, ...syntax.warnings], syntax);
  if (broken !== undefined) return [broken];
  const faults: ManifestFault[] = [];
  const reader = new ValueReader({
    lineAt: (offset) => file.position(offset).line,
    refuse: (offset, path, message) => {
      faults.push(file.fault(offset, message, pathText(path)));
    },
  });
  const { value } = reader.read(syntax.contents);
  if (faults.length > 0 || syntax.contents === null) return faults;
  const document = new ManifestDocument(value, syntax.contents, file, reader.aliases.targets);
  return expandList(document);
}

function result(read: readonly (ManifestDocument | ManifestFault)[]): ReadResult {
  const documents: ManifestDocument[] = [];
  const faults: ManifestFault[] = [];
  for (const each of read) {
    if (each instanceof ManifestDocument) documents.push(each);
    else faults.push(each);
  }
  const shown = faults.sort(byPosition).slice(0, MANIFEST_LIMITS.faultsShown);
  return { documents, faults: shown, more: faults.length - shown.length };
}
