import { describe, expect, it } from 'vitest';
import { answered, integer, memberOf, object, orNull, text, withMember } from './schema.ts';

const schema = object('x', { a: object('y', { b: text('z') }) }, { c: integer('n') });

describe('schemas', () => {
  it('know which members are always there', () => {
    expect(schema.required).toEqual(['a']);
    expect(object('x', {})).not.toHaveProperty('required');
  });

  it('may be null, too', () => {
    expect(orNull(text('x')).type).toEqual(['string', 'null']);
  });

  it('are changed below a path, and as they were elsewhere', () => {
    const changed = withMember(schema, ['a', 'b'], integer('new'));
    expect(memberOf(changed, 'a', 'b')).toEqual(integer('new'));
    expect(memberOf(schema, 'a', 'b')).toEqual(text('z'));
    expect(memberOf(changed, 'c')).toEqual(memberOf(schema, 'c'));
  });

  it('refuse a path that is not there', () => {
    expect(() => memberOf(schema, 'a', 'x')).toThrow('no member "x"');
    expect(() => withMember(schema, ['x'], text('y'))).toThrow('no member "x"');
  });

  it('of answers have room for more members and for no entries, and maps stay maps', () => {
    const sent = {
      ...schema,
      ...{ additionalProperties: false, minItems: 1 },
      items: { additionalProperties: { type: 'string' } },
    };
    expect(answered(sent)).toEqual({ ...schema, items: sent.items });
  });
});
