import { ApiProblem } from '../problem.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;

/** Arrays and objects within each other: more are no report of anything. */
const MAX_DEPTH = 1000;
/** Characters of a number, true, false or null. */
const MAX_SCALAR = 400;
/** Bytes of a name that is told apart from others; longer ones are cut. */
const MAX_NAME = 256;
const STAGE_BYTES = 4096;

const SCALAR = /^(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)$/;
const HEX_ESCAPE = 0x75;
/** What each character behind a backslash stands for; 0 for those that JSON does not know. */
const ESCAPES = new Uint8Array(256);
for (const [i, letter] of [...'"\\/bfnrt'].entries()) {
  ESCAPES[letter.charCodeAt(0)] = '"\\/\b\f\n\r\t'.charCodeAt(i);
}

export type ValueKind = 'string' | 'scalar' | 'object' | 'list';

/** Takes a value: of a string the bytes that it stands for, of any other its JSON. */
export interface ValueTaker {
  /** The next bytes; to be copied, where they are to be kept. */
  take(piece: Buffer): void;
  /** It is whole. Not called for a value that breaks off. */
  end(): void;
}

/**
 * A member of an object begins.
 * @param path its name, behind those of the objects around it.
 * @returns who takes it; undefined: it is passed over, or looked into when it is an object.
 */
export type OnMember = (path: readonly string[], kind: ValueKind) => ValueTaker | undefined;

type State =
  | ('value' | 'first entry' | 'first name' | 'name' | 'colon' | 'after' | 'done')
  | ('string' | 'escape' | 'hex' | 'scalar');

/**
 * Reads JSON as it comes, in memory that does not depend on its length: values are handed on in pieces. By
 * hand, for no library hands on a string before its end. Takes what `JSON.parse` takes, and in strings what
 * careless clients make: line ends as they are, and escapes that JSON does not know.
 */
export class JsonPieces {
  readonly #onMember: OnMember;
  #state: State = 'value';
  /** The brackets that close what is open. */
  readonly #closers: number[] = [];
  /** Names of the members that are being read, as long as all that is around them are objects. */
  readonly #path: string[] = [];
  /** Takes the string that is being read. */
  #string: ValueTaker | undefined;
  #isName = false;
  /** Takes the object or list that is being read, and where it ends. */
  #raw: { taker: ValueTaker; depth: number; from: number } | undefined;
  #scalar = '';
  /** The digits so far of an escape by number, and what they come to. */
  #digits = 0;
  #unit = 0;
  /** A first half of a surrogate pair, 0 for none. */
  #high = 0;
  /** Decoded bytes on their way: one by one they would cost too much. */
  readonly #stage = Buffer.alloc(STAGE_BYTES);
  #staged = 0;
  #chunk: Buffer = Buffer.alloc(0);
  /** Places in the chunk of the next quote and backslash: found once each. */
  #nextQuote = -1;
  #nextBackslash = -1;
  /** Bytes before the chunk. */
  #before = 0;

  constructor(onMember: OnMember) {
    this.#onMember = onMember;
  }

  /** @throws ApiProblem 400 when the text is no JSON. */
  push(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#nextQuote = -1;
    this.#nextBackslash = -1;
    for (let at = 0; at < chunk.length; ) at = this.#step(at);
    this.#flush();
    if (this.#raw !== undefined) {
      this.#raw.taker.take(chunk.subarray(this.#raw.from));
      this.#raw.from = 0;
    }
    this.#before += chunk.length;
  }

  /** There is no more. @returns whether the value is whole. @throws ApiProblem 400 when there was none. */
  end(): boolean {
    if (this.#state === 'scalar' && this.#closers.length === 0) this.#endScalar(0);
    if (this.#state === 'value' && this.#closers.length === 0) {
      throw new ApiProblem(400, 'The body is empty. Send a JSON object.');
    }
    return this.#state === 'done';
  }

  /** @returns the place of the byte after what was read. */
  #step(at: number): number {
    switch (this.#state) {
      case 'string':
        return this.#inString(at);
      case 'escape':
        return this.#inEscape(at);
      case 'hex':
        return this.#inHex(at);
      case 'scalar':
        return this.#inScalar(at);
      default:
        return this.#between(at);
    }
  }

  #between(at: number): number {
    const byte = this.#chunk[at] ?? 0;
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) return at + 1;
    switch (this.#state) {
      case 'first entry':
        return byte === CLOSE_LIST ? this.#close(at) : this.#value(byte, at);
      case 'value':
        return this.#value(byte, at);
      case 'first name':
        return byte === CLOSE_OBJECT ? this.#close(at) : this.#name(byte, at);
      case 'name':
        return this.#name(byte, at);
      case 'colon':
        if (byte !== COLON) throw this.#broken(at, '":"');
        this.#state = 'value';
        return at + 1;
      case 'after':
        return this.#after(byte, at);
      default:
        throw this.#broken(at, 'nothing more');
    }
  }

  #after(byte: number, at: number): number {
    const closer = this.#closers.at(-1);
    if (byte === closer) return this.#close(at);
    if (byte !== COMMA) throw this.#broken(at, '"," or a closing bracket');
    this.#state = closer === CLOSE_OBJECT ? 'name' : 'value';
    return at + 1;
  }

  #name(byte: number, at: number): number {
    if (byte !== QUOTE) throw this.#broken(at, 'a member name in double quotes');
    this.#isName = true;
    this.#string = this.#isNamed(this.#closers.length - 1) ? this.#nameTaker() : undefined;
    this.#state = 'string';
    return at + 1;
  }

  /** True when all of the so many outermost containers are objects. */
  #isNamed(depth: number): boolean {
    return this.#raw === undefined && this.#path.length >= depth;
  }

  #nameTaker(): ValueTaker {
    let name = Buffer.alloc(0);
    return {
      take: (piece) => {
        name = Buffer.concat([name, piece.subarray(0, MAX_NAME - name.length)]);
      },
      end: () => {
        this.#path.length = this.#closers.length - 1;
        this.#path.push(name.toString('utf8'));
      },
    };
  }

  #value(byte: number, at: number): number {
    if (byte === QUOTE) {
      this.#isName = false;
      this.#string = this.#takerOf('string');
      this.#state = 'string';
      return at + 1;
    }
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) return this.#open(byte, at);
    this.#scalar = '';
    this.#state = 'scalar';
    return this.#inScalar(at);
  }

  /** Who takes the value that begins: only members of objects within objects are asked for. */
  #takerOf(kind: ValueKind): ValueTaker | undefined {
    const depth = this.#closers.length;
    if (depth === 0 || this.#raw !== undefined || this.#path.length !== depth) return undefined;
    return this.#onMember(this.#path, kind);
  }

  #open(byte: number, at: number): number {
    if (this.#closers.length === MAX_DEPTH) {
      throw new ApiProblem(400, `Nesting is limited to ${MAX_DEPTH} levels.`);
    }
    const isObject = byte === OPEN_OBJECT;
    const taker = this.#takerOf(isObject ? 'object' : 'list');
    if (taker !== undefined) this.#raw = { taker, depth: this.#closers.length, from: at };
    this.#closers.push(isObject ? CLOSE_OBJECT : CLOSE_LIST);
    this.#state = isObject ? 'first name' : 'first entry';
    return at + 1;
  }

  #close(at: number): number {
    this.#closers.pop();
    const depth = this.#closers.length;
    if (this.#raw?.depth === depth) {
      this.#raw.taker.take(this.#chunk.subarray(this.#raw.from, at + 1));
      this.#raw.taker.end();
      this.#raw = undefined;
    }
    if (this.#path.length > depth) this.#path.length = depth;
    this.#state = depth === 0 ? 'done' : 'after';
    return at + 1;
  }

  /** Up to the next quote or backslash. */
  #inString(at: number): number {
    if (this.#nextQuote < at) this.#nextQuote = this.#find(QUOTE, at);
    if (this.#nextBackslash < at) this.#nextBackslash = this.#find(BACKSLASH, at);
    const end = Math.min(this.#nextQuote, this.#nextBackslash);
    if (end > at) this.#put(this.#chunk.subarray(at, end));
    if (end === this.#chunk.length) return end;
    if (end === this.#nextQuote) this.#endString();
    else this.#state = 'escape';
    return end + 1;
  }

  #find(byte: number, at: number): number {
    const found = this.#chunk.indexOf(byte, at);
    return found === -1 ? this.#chunk.length : found;
  }

  #endString(): void {
    this.#putHigh();
    this.#flush();
    const taker = this.#string;
    this.#string = undefined;
    taker?.end();
    if (this.#isName) this.#state = 'colon';
    else this.#state = this.#closers.length === 0 ? 'done' : 'after';
  }

  #inEscape(at: number): number {
    const letter = this.#chunk[at] ?? 0;
    if (letter === HEX_ESCAPE) {
      this.#digits = 0;
      this.#unit = 0;
      this.#state = 'hex';
      return at + 1;
    }
    this.#state = 'string';
    const meant = ESCAPES[letter] ?? 0;
    // One that JSON does not know stands for itself: its letter is read as any other.
    this.#putAscii(meant === 0 ? BACKSLASH : meant);
    return meant === 0 ? at : at + 1;
  }

  #inHex(at: number): number {
    for (let next = at; next < this.#chunk.length; next++) {
      const digit = hexDigit(this.#chunk[next] ?? 0);
      if (digit === -1) {
        this.#state = 'string';
        this.#putText('\ufffd');
        return next;
      }
      this.#unit = this.#unit * 16 + digit;
      this.#digits += 1;
      if (this.#digits === 4) {
        this.#state = 'string';
        this.#putUnit(this.#unit);
        return next + 1;
      }
    }
    return this.#chunk.length;
  }

  /** A UTF-16 unit of an escape: two of them may be one character. */
  #putUnit(unit: number): void {
    if (unit < 0x80) {
      this.#putAscii(unit);
      return;
    }
    const isLow = unit >= 0xdc00 && unit <= 0xdfff;
    if (isLow && this.#high !== 0) {
      const pair = String.fromCharCode(this.#high, unit);
      this.#high = 0;
      this.#putText(pair);
      return;
    }
    this.#putHigh();
    if (unit >= 0xd800 && unit <= 0xdbff) this.#high = unit;
    else this.#putText(isLow ? '\ufffd' : String.fromCharCode(unit));
  }

  /** A first half that no second one follows. */
  #putHigh(): void {
    if (this.#high === 0) return;
    this.#high = 0;
    this.#putText('\ufffd');
  }

  #putAscii(byte: number): void {
    if (this.#string === undefined) return;
    if (this.#high !== 0) this.#putHigh();
    if (this.#staged === STAGE_BYTES) this.#flush();
    this.#stage[this.#staged] = byte;
    this.#staged += 1;
  }

  #putText(text: string): void {
    if (this.#string === undefined) return;
    this.#putHigh();
    if (this.#staged + 4 > STAGE_BYTES) this.#flush();
    this.#staged += this.#stage.write(text, this.#staged, 'utf8');
  }

  #put(bytes: Buffer): void {
    if (this.#string === undefined) return;
    this.#putHigh();
    if (this.#staged + bytes.length > STAGE_BYTES) this.#flush();
    if (bytes.length > STAGE_BYTES) this.#string.take(bytes);
    else this.#staged += bytes.copy(this.#stage, this.#staged);
  }

  #flush(): void {
    if (this.#staged > 0) this.#string?.take(this.#stage.subarray(0, this.#staged));
    this.#staged = 0;
  }

  #inScalar(at: number): number {
    let end = at;
    while (end < this.#chunk.length && isOfScalar(this.#chunk[end] ?? 0)) end++;
    this.#scalar += this.#chunk.toString('latin1', at, end);
    if (this.#scalar.length > MAX_SCALAR) throw this.#broken(at, 'a value');
    if (end < this.#chunk.length) this.#endScalar(at);
    return end;
  }

  #endScalar(at: number): void {
    if (!SCALAR.test(this.#scalar)) throw this.#broken(at, 'a value');
    const taker = this.#takerOf('scalar');
    taker?.take(Buffer.from(this.#scalar));
    taker?.end();
    this.#state = this.#closers.length === 0 ? 'done' : 'after';
  }

  #broken(at: number, expected: string): ApiProblem {
    const found = JSON.stringify(String.fromCharCode(this.#chunk[at] ?? 0));
    const where = `byte ${this.#before + at + 1}`;
    const wrong = `The body is not JSON: ${where}: found ${found} instead of ${expected}.`;
    return new ApiProblem(400, wrong);
  }
}

/** -1 for what is none. */
function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** Letters, digits, "+", "-" and "." make numbers, true, false and null. */
function isOfScalar(byte: number): boolean {
  const letter = byte | 0x20;
  return (
    (letter >= 0x61 && letter <= 0x7a) ||
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e
  );
}
