import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finish } from '../../apis/validation/steps.ts';
import { JsonFault } from './json-fault.ts';
import { CONTAINER_WEIGHT, MAX_DEPTH, MAX_MEMBERS, MAX_VALUES } from './limits.ts';
import { parseJson } from './parse-json.ts';

function faultOf(text: string): JsonFault | undefined {
  try {
    finish(parseJson(text));
    return undefined;
  } catch (error) {
    if (error instanceof JsonFault) return error;
    throw error;
  }
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Texts that are nearly JSON: the characters it is made of, at random. */
const nearlyJson = fc.string({
  unit: fc.constantFrom(...'{}[]:,"\\ \n\t0123.-+eEutrfalsn\u0001é'),
  maxLength: 12,
});

describe('parseJson', () => {
  it('reads every text that JSON.stringify writes', () => {
    const unequal = fc.jsonValue({ depthSize: 'medium', maxDepth: 8 });
    fc.assert(
      fc.property(unequal, fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        fc.pre(!/"(__proto__|constructor)"/.test(text));
        expect(finish(parseJson(text))).toStrictEqual(JSON.parse(text));
      }),
    );
  });

  it('refuses exactly what JSON.parse refuses', () => {
    fc.assert(
      fc.property(nearlyJson, (text) => {
        const fault = faultOf(text);
        if (fault?.path === undefined) expect(fault === undefined).toBe(parses(text));
        if (fault === undefined) expect(finish(parseJson(text))).toStrictEqual(JSON.parse(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('refuses a text with one character taken out or put in as JSON.parse does', () => {
    const texts = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value));
    const edit = fc.record({ at: fc.nat(), put: nearlyJson, cut: fc.nat({ max: 2 }) });
    fc.assert(
      fc.property(texts, edit, (text, { at, put, cut }) => {
        const start = at % (text.length + 1);
        const edited = text.slice(0, start) + put + text.slice(start + cut);
        const fault = faultOf(edited);
        if (fault?.path === undefined) expect(fault === undefined).toBe(parses(edited));
        if (fault === undefined)
          expect(finish(parseJson(edited))).toStrictEqual(JSON.parse(edited));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['', 1, 1, 'found the end of the body instead of a value'],
    ['{"a": }', 1, 7, 'found "}" instead of a value'],
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3, 'found "\\"" instead of "," or "}"'],
    ['[1,\n2', 2, 2, 'found the end of the body instead of "," or "]"'],
    ['[1] x', 1, 5, 'found "x" instead of nothing more'],
    ["{'a': 1}", 1, 2, 'found "\'" instead of a member name in double quotes'],
    ['["a\nb"]', 1, 4, 'found "\\n" instead of an escape such as "\\n" for it'],
    ['["\\x"]', 1, 3, 'found "\\\\" instead of an escape that JSON knows'],
    ['{"a" 1}', 1, 6, 'found "1" instead of ":"'],
  ])('says where %j breaks off', (text, line, column, message) => {
    expect(faultOf(text)).toMatchObject({ message, position: { line, column }, path: undefined });
  });

  it.each([
    ['{"tasks": [{}, {"a": 1, "a": 2}]}', 'tasks[1].a', 25],
    ['{"a": 1, "\\u0061": 2}', 'a', 10],
    ['{"a": {"b": 1}, "b": 1, "a": 2}', 'a', 25],
  ])('refuses a member given twice: %s', (text, path, column) => {
    const fault = faultOf(text);
    expect(fault).toMatchObject({ path, position: { line: 1, column } });
    expect(fault?.message).toContain('given twice');
  });

  it.each([
    ['{"a": [{"__proto__": 1}]}', 'a[0].__proto__'],
    ['{"\\u005f_proto__": 1}', '__proto__'],
    ['{"constructor": {"prototype": {}}}', 'constructor'],
  ])('refuses a name that reaches the prototype: %s', (text, path) => {
    expect(faultOf(text)).toMatchObject({ path, message: expect.stringContaining('refused') });
  });

  it('is refused when it has so many values that they take many times its length', () => {
    const lists = Math.floor(MAX_VALUES / CONTAINER_WEIGHT) - 1;
    const list = (count: number) => `[${Array.from({ length: count }, () => '{}').join()}]`;
    expect(faultOf(list(lists))).toBeUndefined();
    expect(faultOf(list(lists + 1))?.message).toContain('send it in several requests');
  });

  it('takes nesting up to the limit and refuses one level more', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(faultOf(nested(MAX_DEPTH))).toBeUndefined();
    expect(faultOf(nested(MAX_DEPTH + 1))?.message).toContain('nesting');
    expect(faultOf('{"a":'.repeat(1_000_000))?.message).toContain('nesting');
  });

  it('refuses an object with members without end', () => {
    const members = Array.from({ length: MAX_MEMBERS + 1 }, (_, index) => `"k${index}":0`);
    expect(faultOf(`{"a":{${members.join(',')}}}`)).toMatchObject({ path: 'a' });
    expect(faultOf(`{"a":{${members.slice(1).join(',')}}}`)).toBeUndefined();
  });

  it.each([
    ['digits', (size: number) => '1'.repeat(size)],
    ['white space', (size: number) => `${' '.repeat(size)}1`],
    ['escapes', (size: number) => `"${'\\u0000'.repeat(size / 6)}"`],
    ['elements', (size: number) => `[${'0,'.repeat(size / 2)}0]`],
  ])('gets through 3 MB of %s', (_, make) => {
    expect(faultOf(make(3_000_000))).toBeUndefined();
  });
});
