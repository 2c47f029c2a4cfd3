import { isForbiddenName, type Path, quoted, type Steps } from '../../apis/validation/index.ts';
import { JsonFault, positionAt } from './json-fault.ts';
import { MAX_DEPTH, MAX_MEMBERS } from './limits.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;

/** Values looked at between two places to let others run: less than a millisecond of work. */
const VALUES_PER_STEP = 1024;

/**
 * Refuses what `JSON.parse` refuses (RFC 8259), but says where; and what it lets pass in silence:
 * a member given twice, nesting without end, and names that reach an object's prototype.
 * Linear in the text, and in steps: a large body must not keep others waiting.
 * @throws JsonFault for the first fault.
 */
export function scanJson(text: string): Steps<void> {
  return new JsonScanner(text).scan();
}

/** An object or a list whose end is not reached. */
interface Container {
  /** Those of an object so far. */
  names?: Set<string>;
  close: '}' | ']';
  /** Place of the entry that the scan is in; -1 before the first. */
  index: number;
}

class JsonScanner {
  // Sticky expressions hold a position, so every scan has its own.
  readonly #space = /[ \t\n\r]*/y;
  readonly #scalar = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
  readonly #escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
  readonly #text: string;
  /** Offset of the next character. */
  #at = 0;
  /** Where in the value the scan is. */
  readonly #path: PropertyKey[] = [];
  readonly #containers: Container[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  *scan(): Steps<void> {
    let values = 0;
    do {
      this.#value();
      values += 1;
      if (values % VALUES_PER_STEP === 0) yield;
    } while (this.#goOn());
    if (this.#at < this.#text.length) throw this.#syntax('nothing more');
  }

  /** Steps over a scalar, or over the opening bracket of a container. */
  #value(): void {
    this.#skipSpace();
    const next = this.#text[this.#at];
    if (next === '{') this.#open({ names: new Set(), close: '}', index: -1 });
    else if (next === '[') this.#open({ close: ']', index: -1 });
    else if (next === '"') this.#string();
    else if (!this.#skip(this.#scalar)) throw this.#syntax('a value');
  }

  /** Steps on to the next value, over the ends of containers. @returns false when there is none. */
  #goOn(): boolean {
    for (;;) {
      this.#skipSpace();
      const container = this.#containers.at(-1);
      if (container === undefined) return false;
      if (this.#hasAnother(container)) {
        container.index += 1;
        if (container.names === undefined) this.#path[this.#path.length - 1] = container.index;
        else this.#name(container.names);
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
  #name(names: Set<string>): void {
    this.#skipSpace();
    const start = this.#at;
    if (this.#text[start] !== '"') throw this.#syntax('a member name in double quotes');
    const name = this.#string();
    this.#path[this.#path.length - 1] = name;
    this.#checkName(name, names, start);
    this.#skipSpace();
    if (!this.#take(':')) throw this.#syntax('":"');
  }

  #checkName(name: string, names: Set<string>, start: number): void {
    if (isForbiddenName(name)) {
      throw this.#fault(`the name ${quoted(name)} is refused everywhere`, start, this.#path);
    }
    if (names.has(name)) {
      throw this.#fault('is given twice: give it once', start, this.#path);
    }
    names.add(name);
    if (names.size > MAX_MEMBERS) {
      const message = `must have at most ${MAX_MEMBERS} members`;
      throw this.#fault(message, start, this.#path.slice(0, -1));
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
