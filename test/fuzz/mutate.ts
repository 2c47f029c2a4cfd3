import type { Rng } from '../sim/rng.ts';
import { ODD } from './words.ts';

/** Deeper than any body may be. */
const DEEP = 40;

/** The value with a few parts of it replaced, removed, renamed or repeated. */
export function mutated(rng: Rng, value: unknown, times: number): unknown {
  let result = structuredClone(value);
  for (let i = 0; i < times; i++) result = mutatedOnce(rng, result);
  return result;
}

function mutatedOnce(rng: Rng, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || rng.chance(0.1)) return replaced(rng, value);
  const names = Object.keys(value);
  if (names.length === 0) return replaced(rng, value);
  const name = rng.pick(names);
  const member: unknown = Reflect.get(value, name);
  if (rng.chance(0.6)) return withMember(value, name, mutatedOnce(rng, member));
  switch (rng.int(0, 3)) {
    case 0:
      return without(value, name);
    case 1:
      return withMember(value, `${name}${rng.pick(['s', 'x', '', ' ', '\0'])}`, member);
    case 2:
      return withMember(value, rng.pick(['__proto__', 'constructor', 'toString', 'x']), member);
    default:
      return Array.isArray(value) ? [...value, ...value] : withMember(value, name, [member]);
  }
}

function replaced(rng: Rng, value: unknown): unknown {
  if (rng.chance(0.02)) return nested(value);
  if (typeof value === 'string' && rng.chance(0.5)) {
    const at = rng.int(0, value.length);
    return value.slice(0, at) + rng.pick(['\n', '"', '\\', '/', '..', '{{', '\u202e', '%']);
  }
  return structuredClone(rng.pick(ODD));
}

function nested(value: unknown): unknown {
  let result = value;
  for (let i = 0; i < DEEP; i++) result = i % 2 === 0 ? [result] : { a: result };
  return result;
}

/** `Object.defineProperty`, so that a member called `__proto__` is one. */
function withMember(of: object, name: string, value: unknown): unknown {
  if (Array.isArray(of)) {
    const index = Number(name);
    return Number.isInteger(index) ? of.with(index, value) : [...of, value];
  }
  const copy = { ...of };
  Object.defineProperty(copy, name, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
  return copy;
}

function without(of: object, name: string): unknown {
  if (Array.isArray(of)) return of.filter((_, index) => String(index) !== name);
  return Object.fromEntries(Object.entries(of).filter(([key]) => key !== name));
}

/** The bytes of a text with a few of them changed, cut off or put in. */
export function spoiled(rng: Rng, text: string): Buffer {
  const bytes = Buffer.from(text);
  const at = rng.int(0, Math.max(0, bytes.length - 1));
  switch (rng.int(0, 3)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), noise(rng), bytes.subarray(at)]);
    case 2:
      return noise(rng);
    default:
      bytes[at] = rng.int(0, 255);
      return bytes;
  }
}

function noise(rng: Rng): Buffer {
  return Buffer.from(Array.from({ length: rng.int(1, 40) }, () => rng.int(0, 255)));
}
