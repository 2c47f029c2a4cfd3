import { type Path, quoted } from '../apis/validation/index.ts';
import { WRITE_IN_QUOTES } from '../apis/validation/path.ts';
import { nearest } from '../apis/validation/unknown-field.ts';
import type { FieldTable } from './fields/table.ts';
import type { Notes } from './notes.ts';

/**
 * One object of the Kubernetes document, and where it stands. A member of the wrong type is an error
 * note and reads as undefined, as one that is null or missing does.
 */
export class Source {
  readonly path: Path;
  readonly notes: Notes;
  readonly #members: ReadonlyMap<string, unknown>;

  constructor(value: object, path: Path, notes: Notes) {
    this.path = path;
    this.notes = notes;
    // `kubectl -o yaml` writes null for what is not set.
    this.#members = new Map(Object.entries(value).filter(([, member]) => member !== null));
  }

  /** @returns undefined, with an error note, when `value` is no object. */
  static of(value: unknown, path: Path, notes: Notes): Source | undefined {
    if (isRecord(value)) return new Source(value, path, notes);
    notes.error(path, 'must be an object');
    return undefined;
  }

  get names(): string[] {
    return [...this.#members.keys()];
  }

  at(...names: Path): Path {
    return [...this.path, ...names];
  }

  value(name: string): unknown {
    return this.#members.get(name);
  }

  integer(name: string): number | undefined {
    return this.#read(name, isCount, 'an integer from 0 on');
  }

  flag(name: string): boolean | undefined {
    return this.#read(name, (value) => typeof value === 'boolean', 'true or false');
  }

  text(name: string): string | undefined {
    const value = this.value(name);
    return value !== undefined && this.#isText(value, this.at(name)) ? value : undefined;
  }

  /** A text that is one of `values`. */
  word<T extends string>(name: string, values: readonly T[]): T | undefined {
    const isOne = (value: unknown): value is T => values.some((one) => one === value);
    return this.#read(name, isOne, `one of ${values.join(', ')}`);
  }

  /** A list of texts, without what is none. */
  texts(name: string): string[] | undefined {
    const entries = this.#read(name, (value) => Array.isArray(value), 'a list of texts');
    return entries?.filter((entry, index) => this.#isText(entry, this.at(name, index)));
  }

  integers(name: string): number[] | undefined {
    const isIntegers = (value: unknown): value is number[] =>
      Array.isArray(value) && value.every(Number.isInteger);
    return this.#read(name, isIntegers, 'a list of integers');
  }

  /** A map of texts, without what is none. */
  map(name: string): Record<string, string> | undefined {
    const value = this.#read(name, isRecord, 'a map of texts');
    if (value === undefined) return undefined;
    const texts = Object.entries(value).flatMap(([key, text]) =>
      this.#isText(text, this.at(name, key)) ? [[key, text]] : [],
    );
    return Object.fromEntries(texts);
  }

  object(name: string): Source | undefined {
    const value = this.#read(name, isRecord, 'an object');
    return value && new Source(value, this.at(name), this.notes);
  }

  /** A list of objects; empty when there is none. */
  objects(name: string): Source[] {
    const entries = this.#read(name, (value) => Array.isArray(value), 'a list of objects') ?? [];
    return entries.flatMap((entry, index) => {
      const source = Source.of(entry, this.at(name, index), this.notes);
      return source === undefined ? [] : [source];
    });
  }

  /** Notes the fields that are not converted. */
  noteOthers(table: FieldTable): void {
    for (const [name, value] of this.#members) {
      if (table.converted.includes(name)) continue;
      const message = Object.hasOwn(table.dropped, name) ? table.dropped[name] : undefined;
      if (message === undefined) this.notes.dropped(this.at(name), unknownField(name, table));
      else if (!saysNothing(value, table.harmless?.[name])) {
        this.notes.dropped(this.at(name), message);
      }
    }
  }

  /** Notes as an error that a member is not there. @param rule what it must be. */
  require(name: string, rule: string): void {
    if (this.#members.has(name)) return;
    this.notes.error(this.at(name), `is required and must be ${rule}`);
  }

  #read<T>(name: string, fits: (value: unknown) => value is T, rule: string): T | undefined {
    const value = this.#members.get(name);
    if (value === undefined || fits(value)) return value;
    this.notes.error(this.at(name), `must be ${rule}`);
    return undefined;
  }

  #isText(value: unknown, at: Path): value is string {
    if (typeof value === 'string') return true;
    const hint = typeof value === 'object' ? '' : `; ${WRITE_IN_QUOTES}`;
    this.notes.error(at, `must be a text${hint}`);
    return false;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function saysNothing(value: unknown, harmless: readonly unknown[] = []): boolean {
  if (value === '' || harmless.includes(value)) return true;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function unknownField(name: string, { type, converted, dropped }: FieldTable): string {
  const near = nearest(name, [...converted, ...Object.keys(dropped)]);
  const hint = near === undefined ? '' : `; did you mean ${quoted(near)}?`;
  return `unknown field: ${type} of batch/v1 has none of this name${hint}`;
}
