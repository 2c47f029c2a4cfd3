import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Path } from '../apis/validation/path.ts';
import { Aliases } from './aliases.ts';
import { collected, type Measured, NOTHING } from './measure.ts';
import { isMergeKey, keyProblem, scalarProblem } from './scalars.ts';

/** What reading values has to do with the text that they stand in. */
export interface ReaderPort {
  /** Told of everything that a manifest may not have. @param offset where it stands. */
  refuse(offset: number, path: Path, message: string): void;
  /** The line that an offset is on. */
  lineAt(offset: number): number;
}

/**
 * Turns the syntax tree of one document into a plain value as JSON has it. Not yaml's `toJS`, so
 * that everything that is refused has its place, and takes linear time.
 */
export class ValueReader {
  readonly aliases = new Aliases();
  readonly #port: ReaderPort;
  readonly #path: PropertyKey[] = [];

  constructor(port: ReaderPort) {
    this.#port = port;
  }

  /** A value with what was refused left out. */
  read(node: unknown): Measured {
    if (isAlias(node)) return this.#alias(node);
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return NOTHING;
    const done = node.anchor === undefined ? undefined : this.aliases.open(node.anchor, node);
    const read = this.#plain(node);
    done?.(read);
    return read;
  }

  #plain(node: Scalar | YAMLMap | YAMLSeq): Measured {
    if (isMap(node)) return this.#map(node);
    return isSeq(node) ? this.#seq(node) : this.#scalar(node);
  }

  #scalar(node: Scalar): Measured {
    const problem = scalarProblem(node);
    if (problem !== undefined) this.#refuseAt(node, problem);
    const { value } = node;
    return { ...NOTHING, value, size: typeof value === 'string' ? value.length + 1 : 1 };
  }

  #seq(node: YAMLSeq): Measured {
    const items = node.items.map((item, index) => this.#member(index, item));
    return collected(
      items.map(({ value }) => value),
      items,
    );
  }

  #map(node: YAMLMap): Measured {
    const members: Record<string, unknown> = {};
    const parts: Measured[] = [];
    const merged: Measured[] = [];
    let keyChars = 0;
    for (const [key, pair] of this.#keys(node)) {
      keyChars += key.length + 1;
      const part = this.#member(key, pair.value);
      parts.push(part);
      if (isMergeKey(pair.key)) merged.push(...this.#mergeSources(pair, part));
      else members[key] = part.value;
    }
    for (const { value } of merged) mergeInto(members, value);
    return collected(members, parts, keyChars);
  }

  /** The members whose keys are good, each once. */
  *#keys(node: YAMLMap): Generator<[string, Pair]> {
    const seen = new Map<string, Pair>();
    for (const pair of node.items) {
      const key = isScalar(pair.key) ? String(pair.key.value) : '';
      const problem = keyProblem(pair) ?? this.#duplicate(seen.get(key));
      seen.set(key, pair);
      if (isScalar(pair.key) && pair.key.anchor !== undefined) this.read(pair.key);
      if (problem === undefined) yield [key, pair];
      else this.#refuseKey(pair, key, problem);
    }
  }

  #duplicate(earlier: Pair | undefined): string | undefined {
    if (earlier === undefined) return undefined;
    return `duplicate key: it is on line ${this.#port.lineAt(startOf(earlier.key) ?? 0)} already`;
  }

  /** Of `<<`: a mapping or a list of them, written there or by alias. */
  #mergeSources({ value }: Pair, part: Measured): Measured[] {
    const sources = Array.isArray(part.value)
      ? part.value.map((item) => ({ ...part, value: item }))
      : [part];
    if (sources.every((source) => isMapping(source.value))) return sources;
    this.#refuseAt(value, '"<<" must have a mapping, an alias of one, or a list of them');
    return [];
  }

  #member(name: PropertyKey, node: unknown): Measured {
    this.#path.push(name);
    const read = this.read(node);
    this.#path.pop();
    return read;
  }

  #alias(node: Parameters<Aliases['resolve']>[0]): Measured {
    if (this.aliases.exhausted) return NOTHING;
    const target = this.aliases.resolve(node, this.#path.length);
    if (typeof target !== 'string') return target;
    this.#refuseAt(node, target);
    return NOTHING;
  }

  #refuseKey({ key, value }: Pair, name: string, problem: string): void {
    const path = name === '' ? this.#path : [...this.#path, name];
    this.#port.refuse(startOf(key) ?? startOf(value) ?? 0, path, problem);
  }

  #refuseAt(node: unknown, problem: string): void {
    this.#port.refuse(startOf(node) ?? 0, [...this.#path], problem);
  }
}

function mergeInto(members: Record<string, unknown>, source: unknown): void {
  if (!isMapping(source)) return;
  for (const [key, value] of Object.entries(source)) {
    if (!Object.hasOwn(members, key)) members[key] = value;
  }
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Offset of a node in the text. */
export function startOf(node: unknown): number | undefined {
  return (node as Partial<Node> | null | undefined)?.range?.[0];
}
