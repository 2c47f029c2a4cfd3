import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonPieces } from './json-pieces.ts';

interface Read {
  /** Each member that was taken, by its path. */
  taken: Record<string, string>;
  /** Those that were begun and broke off. */
  begun: Record<string, string>;
  whole: boolean;
}

/** Takes the members at these paths of a text that comes in pieces. */
function read(pieces: readonly (string | Uint8Array)[], ...paths: string[]): Read {
  const taken: Record<string, string> = {};
  const begun: Record<string, string> = {};
  const json = new JsonPieces((path, kind) => {
    const name = path.join('/');
    if (!paths.includes(name)) return undefined;
    const parts: Buffer[] = [];
    begun[name] = '';
    return {
      take: (piece) => {
        parts.push(Buffer.from(piece));
        begun[name] = Buffer.concat(parts).toString();
      },
      end: () => {
        taken[name] = `${kind} ${begun[name]}`;
        delete begun[name];
      },
    };
  });
  for (const piece of pieces) json.push(Buffer.from(piece));
  return { taken, begun, whole: json.end() };
}

/** A text cut at some places; characters may be cut too. */
function cut(text: string, lengths: readonly number[]): Uint8Array[] {
  const bytes = Buffer.from(text);
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const length of lengths) {
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return [...pieces, bytes.subarray(at)];
}

const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 200 });
const loneHalves = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

describe('JsonPieces', () => {
  it('gives what JSON.parse gives, wherever the text is cut', () => {
    fc.assert(
      fc.property(fc.json(), fc.jsonValue(), lengths, (a, b, sizes) => {
        const text = `{"a": ${a},\n "in": {"b": ${JSON.stringify(b, null, 1)}}, "c": 1}`;
        const { taken, whole } = read(cut(text, sizes), 'a', 'in/b');
        expect(whole).toBe(true);
        for (const [name, value] of [['a', JSON.parse(a)] as const, ['in/b', b] as const]) {
          const [kind, ...rest] = (taken[name] ?? '').split(' ');
          const json = rest.join(' ');
          if (kind === 'string') expect(json).toBe(String(value).replace(loneHalves, '\ufffd'));
          else expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(value)));
        }
      }),
    );
  });

  it('decodes escapes as JSON.parse does, wherever the text is cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), lengths, (text, sizes) => {
        const escaped = [...Array(text.length).keys()]
          .map((i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`)
          .join('');
        const { taken } = read(cut(`{"a":"${escaped}"}`, sizes), 'a');
        expect(taken['a']).toBe(`string ${text.replace(loneHalves, '\ufffd')}`);
      }),
    );
  });

  it('asks only for members of objects within objects', () => {
    const text = '{"a":[{"a":1},{"in":{"b":2}}],"in":{"b":{"b":3},"x":[{"b":4}]},"b":5}';
    expect(read([text], 'in/b', 'b').taken).toEqual({ 'in/b': 'object {"b":3}', b: 'scalar 5' });
    expect(read(['[{"a":1}]'], 'a').taken).toEqual({});
  });

  it('takes a list and an object as they stand', () => {
    const text = '{"a": [1, {"x": "]"}, "\\""] , "b":{ }}';
    expect(read(cut(text, [7, 1, 1, 5]), 'a', 'b').taken).toEqual({
      a: 'list [1, {"x": "]"}, "\\""]',
      b: 'object { }',
    });
  });

  it.each([
    ['line ends as they are', '{"a":"one\ntwo\t"}', 'one\ntwo\t'],
    ['escapes that JSON does not know', '{"a":"C:\\dir\\.x"}', 'C:\\dir\\.x'],
    ['escapes that are cut short', '{"a":"\\u12 \\u"}', '\ufffd \ufffd'],
    ['bytes that are not UTF-8', Buffer.from('{"a":"\xff\xfe"}', 'latin1'), '\ufffd\ufffd'],
  ])('takes in strings %s', (_what, text, expected) => {
    expect(read([text], 'a').taken['a']).toBe(`string ${expected}`);
  });

  it.each(['', ' \n', '{', '{"a"', '{"a":', '{"a":"x', '{"a":1', '{"a":[1,', '{"a":tru'])(
    'tells what broke off: %j',
    (text) => {
      if (text.trim() === '') expect(() => read([text])).toThrow('The body is empty');
      else expect(read([text]).whole).toBe(false);
    },
  );

  it('gives what came of a string that broke off, and nothing of a number', () => {
    expect(read(['{"a":"on', 'e'], 'a')).toMatchObject({ begun: { a: 'one' }, whole: false });
    expect(read(['{"a":13'], 'a')).toEqual({ taken: {}, begun: {}, whole: false });
  });

  it.each([
    ['{"a":1,}', 8],
    ["{'a':1}", 2],
    ['{"a" 1}', 6],
    ['{"a":1 "b":2}', 8],
    ['{"a":[1}', 8],
    ['{"a":01}', 6],
    ['{"a":NaN}', 6],
    ['{"a":.5}', 6],
    ['{} {}', 4],
    ['task_status=1', 1],
    ['{"a":"x"y"}', 9],
  ])('says where %s breaks off being JSON', (text, byte) => {
    expect(() => read([text])).toThrow(`The body is not JSON: byte ${byte}: found`);
    const bytes = [...Buffer.from(text)].map((it) => Uint8Array.of(it));
    expect(() => read(bytes)).toThrow('The body is not JSON');
  });

  it('bounds nesting and the length of a number', () => {
    expect(() => read([`{"a":${'['.repeat(2000)}`])).toThrow('Nesting is limited');
    expect(() => read([`{"a":${'1'.repeat(2000)}`])).toThrow('The body is not JSON');
  });

  it('reads 40 MiB of escapes in seconds', () => {
    let bytes = 0;
    const json = new JsonPieces(() => ({ take: (piece) => (bytes += piece.length), end() {} }));
    const piece = Buffer.from('\\u0000\\n'.repeat(8192));
    json.push(Buffer.from('{"a":"'));
    for (let at = 0; at < 40 * 1024 * 1024; at += piece.length) json.push(piece);
    json.push(Buffer.from('"}'));
    expect(json.end()).toBe(true);
    expect(bytes).toBe(2 * 8192 * 640);
  }, 20_000);
});
