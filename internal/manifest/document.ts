import type { Node } from 'yaml';
import { inQuotes, WRITE_IN_QUOTES } from '../apis/validation/path.ts';
import type { AliasTargets } from './aliases.ts';
import type { ManifestFault, Position } from './fault.ts';
import { locate, type Part, sourceAt } from './locate.ts';
import type { SourceText } from './source-text.ts';

/** Of what is to be written in quotes, in characters. */
const LONGEST_SHOWN = 64;

/** One object of a manifest file, as JSON would have it, and where its parts are in the file. */
export class ManifestDocument {
  readonly value: unknown;
  readonly #root: Node;
  readonly #text: SourceText;
  readonly #targets: AliasTargets;

  constructor(value: unknown, root: Node, text: SourceText, targets: AliasTargets) {
    this.value = value;
    this.#root = root;
    this.#text = text;
    this.#targets = targets;
  }

  /** Name of the file. */
  get source(): string {
    return this.#text.name;
  }

  /**
   * Where something is in the file; of what is not there, where the nearest thing around it is.
   * @param path in the form of `pathText`: `spec.tasks[3].name`, or `body` for the whole document.
   * @param part whether the place of the member's name is wanted, or that of its value.
   */
  locate(path: string, part: Part = 'value'): Position {
    return this.#text.position(locate(this.#root, this.#targets, path, part));
  }

  /** The fault for a problem that validation found. */
  fault({ path, message }: { path: string; message: string }): ManifestFault {
    const part = message.startsWith('unknown field ') ? 'key' : 'value';
    return this.#text.fault(this.locate(path, part), this.#asWritten(message, path), path);
  }

  /** The message with the text as it stands in the file, where it says that it should be in quotes. */
  #asWritten(message: string, path: string): string {
    if (!message.includes(WRITE_IN_QUOTES)) return message;
    const { text } = this.#text;
    const source = sourceAt({ root: this.#root, targets: this.#targets, text }, path);
    if (source === undefined || source.length > LONGEST_SHOWN) return message;
    return message.replace(WRITE_IN_QUOTES, () => inQuotes(source));
  }

  /** A part of the document as a document of its own. */
  part(value: unknown, root: Node): ManifestDocument {
    return new ManifestDocument(value, root, this.#text, this.#targets);
  }

  /** The syntax tree, and what its aliases stand for. */
  get syntax(): { root: Node; targets: AliasTargets } {
    return { root: this.#root, targets: this.#targets };
  }
}
