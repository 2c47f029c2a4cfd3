import { isForbiddenName, type Path, quoted, type Steps } from '../../apis/validation/index.ts';
import { JsonFault, positionAt } from './json-fault.ts';
import { CONTAINER_WEIGHT, MAX_DEPTH, MAX_MEMBERS, MAX_VALUES } from './limits.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;

/** Values looked at between two places to let others run: less than a millisecond of work. */
const VALUES_PER_STEP = 1024;

/**
 * Reads what `JSON.parse` reads (RFC 8259), and refuses what that refuses, but says where; and what it
 * lets pass in silence: a member given twice, nesting without end, and names that reach an object's
 * prototype. Linear in the text, and in steps: a large body must not keep others waiting, as
 * `JSON.parse` makes them wait for its whole length.
 * @throws JsonFault for the first fault.
 */
export function parseJson(text: string): Steps<unknown> {
  return new JsonParser(text).parse();
}

/** An object or a list whose end is not reached. */
interface Container {
  /** Undefined for a list. */
  members?: Record<string, unknown>;
  entries?: unknown[];
  close: '}' | ']';
  /** Place of the entry that is being read; -1 before the first. */
  index: number;
}

class JsonParser {
  // Sticky expressions hold a position, so every scan has its own.
  readonly #space = /[ \t\n\r]*/y;
  readonly #scalar = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
  readonly #escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
  readonly #text: string;
  /** Offset of the next character. */
  #at = 0;
  /** Where in the value that is. */
  readonly #path: PropertyKey[] = [];
  readonly #containers: Container[] = [];
  /** How many values there are so far: the least of them takes many times the memory of its text. */
  #weight = 0;

  constructor(text: string) {
    this.#text = text;
  }

  *parse(): Steps<unknown> {
    const whole = this.#value();
    for (let values = 1; this.#goOn(); values++) {
      if (values % VALUES_PER_STEP === 0) yield;
      // The container before the value: that may be one itself.
      const { members, entries } = this.#containers.at(-1) as Container;
      const name = this.#path.at(-1) as string;
      const value = this.#value();
      if (members === undefined) entries?.push(value);
      else members[name] = value;
    }
    if (this.#at < this.#text.length) throw this.#syntax('nothing more');
    return whole;
  }

  /** Reads a scalar, or opens a container. */
  #value(): unknown {
    this.#skipSpace();
    const next = this.#text[this.#at];
    this.#weigh(next === '{' || next === '[' ? CONTAINER_WEIGHT : 1);
    if (next === '"') return this.#string();
    if (next === '{') {
      const members = {};
      this.#open({ members, close: '}', index: -1 });
      return members;
    }
    if (next === '[') {
      const entries: unknown[] = [];
      this.#open({ entries, close: ']', index: -1 });
      return entries;
    }
    const start = this.#at;
    if (!this.#skip(this.#scalar)) throw this.#syntax('a value');
    return JSON.parse(this.#text.slice(start, this.#at));
  }

  #weigh(weight: number): void {
    this.#weight += weight;
    if (this.#weight <= MAX_VALUES) return;
    const rule = `must have at most ${MAX_VALUES} values in all, an object or a list counted as ${CONTAINER_WEIGHT}`;
    throw this.#fault(`${rule}: send it in several requests`, this.#at, []);
  }

  /** Steps on to the next value, over the ends of containers. @returns false when there is none. */
  #goOn(): boolean {
    for (;;) {
      this.#skipSpace();
      const container = this.#containers.at(-1);
      if (container === undefined) return false;
      if (this.#hasAnother(container)) {
        container.index += 1;
        if (container.members === undefined) this.#path[this.#path.length - 1] = container.index;
        else this.#name(container.members, container.index);
        return true;
      }
      this.#containers.pop();
      this.#path.pop();
    }
  }

  /** Steps over the comma before the container's next entry, or over its closing bracket. */
  #hasAnother({ close, index }: Container): boolean {
    if (index === -1) return !this.#take(close);
    if (this.#take(',')) return true;
    if (!this.#take(close)) throw this.#syntax(`"," or "${close}"`);
    return false;
  }

  /** Steps over the name of a member, and its colon. */
  #name(members: object, index: number): void {
    this.#skipSpace();
    const start = this.#at;
    if (this.#text[start] !== '"') throw this.#syntax('a member name in double quotes');
    const name = this.#string();
    this.#path[this.#path.length - 1] = name;
    this.#checkName(name, members, start);
    if (index === MAX_MEMBERS) {
      const message = `must have at most ${MAX_MEMBERS} members`;
      throw this.#fault(message, start, this.#path.slice(0, -1));
    }
    this.#skipSpace();
    if (!this.#take(':')) throw this.#syntax('":"');
  }

  #checkName(name: string, members: object, start: number): void {
    if (isForbiddenName(name)) {
      throw this.#fault(`the name ${quoted(name)} is refused everywhere`, start, this.#path);
    }
    if (Object.hasOwn(members, name)) {
      throw this.#fault('is given twice: give it once', start, this.#path);
    }
  }

  #open(container: Container): void {
    if (this.#path.length === MAX_DEPTH) {
      throw this.#fault(`nesting is limited to ${MAX_DEPTH} levels`, this.#at, this.#path);
    }
    this.#at += 1;
    this.#path.push(0);
    this.#containers.push(container);
  }

  /** Steps over a string. @returns what it stands for. */
  #string(): string {
    const start = this.#at;
    let escaped = false;
    this.#at += 1;
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === QUOTE) break;
      if (Number.isNaN(code)) throw this.#syntax('the end of a string');
      if (code < SPACE) throw this.#syntax('an escape such as "\\n" for it');
      if (code !== BACKSLASH) this.#at += 1;
      else if (this.#skip(this.#escape)) escaped = true;
      else throw this.#syntax('an escape that JSON knows');
    }
    this.#at += 1;
    if (!escaped) return this.#text.slice(start + 1, this.#at - 1);
    return JSON.parse(this.#text.slice(start, this.#at)) as string;
  }

  #skipSpace(): void {
    // Most of the time there is none, and an expression costs more than a look.
    if (this.#text.charCodeAt(this.#at) <= SPACE) this.#skip(this.#space);
  }

  #take(character: string): boolean {
    const taken = this.#text[this.#at] === character;
    if (taken) this.#at += 1;
    return taken;
  }

  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return false;
    this.#at = pattern.lastIndex;
    return true;
  }

  #syntax(expected: string): JsonFault {
    const found = this.#text[this.#at];
    const what = found === undefined ? 'the end of the body' : quoted(found);
    return this.#fault(`found ${what} instead of ${expected}`, this.#at);
  }

  #fault(message: string, offset: number, path?: Path): JsonFault {
    return new JsonFault(message, positionAt(this.#text, offset), path);
  }
}
