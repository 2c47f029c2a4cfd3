import type { Alias, Node } from 'yaml';
import { MANIFEST_LIMITS } from './limits.ts';
import type { Measured } from './measure.ts';

/** What every alias stands for. */
export type AliasTargets = ReadonlyMap<Alias, Node>;

interface Anchor {
  node: Node;
  /** Absent while its value is still being read. */
  read?: Measured;
}

/** The anchors of one document, and how far its aliases have expanded. */
export class Aliases {
  readonly targets = new Map<Alias, Node>();
  readonly #anchors = new Map<string, Anchor>();
  #nested = 0;
  #size = 0;

  /** @returns what to call with the anchored value once it is read. */
  open(name: string, node: Node): (read: Measured) => void {
    const anchor: Anchor = { node };
    this.#anchors.set(name, anchor);
    return (read) => {
      anchor.read = read;
    };
  }

  /**
   * What an alias stands for, or in words why it is refused. Aliases of plain values are only
   * limited in size; aliases of what has aliases itself multiply, and are limited in number.
   * @param depth of mappings and lists around the alias.
   */
  resolve(alias: Alias, depth: number): Measured | string {
    const anchor = this.#anchors.get(alias.source);
    const name = `"*${alias.source.slice(0, 64)}"`;
    if (anchor === undefined) {
      return `the alias ${name} has no anchor before it: a text that begins with "*" must be in quotes`;
    }
    if (anchor.read === undefined) return `the alias ${name} is within its own anchor`;
    const { read } = anchor;
    this.targets.set(alias, anchor.node);
    this.#nested += read.aliases;
    this.#size += read.size;
    if (depth + read.depth > MANIFEST_LIMITS.depth) return tooDeep();
    if (this.exhausted) return tooMuch(name);
    return { ...read, aliases: read.aliases + 1 };
  }

  /** True once aliases expanded to more than is allowed. */
  get exhausted(): boolean {
    return this.#nested > MANIFEST_LIMITS.nestedAliases || this.#size > MANIFEST_LIMITS.bytes;
  }
}

export function tooDeep(): string {
  return `nested too deeply: at most ${MANIFEST_LIMITS.depth} mappings and lists within one another`;
}

function tooMuch(name: string): string {
  const { nestedAliases, bytes } = MANIFEST_LIMITS;
  return (
    `the alias ${name} expands to too much: at most ${nestedAliases} aliases within aliases ` +
    `and ${bytes} characters; write the values out`
  );
}
