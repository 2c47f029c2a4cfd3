import { describe, expect, expectTypeOf, it } from 'vitest';
import type { Answer } from './index.ts';
import {
  answered,
  integer,
  list,
  memberOf,
  object,
  orNull,
  text,
  type ValueOf,
  withMember,
} from './schema.ts';

const schema = object('x', { a: object('y', { b: text('z') }) }, { c: integer('n') });

describe('the types of answers', () => {
  it('are those of the schemas: what may be null or absent there is so here', () => {
    const made = object('x', { a: orNull(text('y')) }, { b: list(integer('z'), 'n') });
    expectTypeOf<ValueOf<typeof made>>().toEqualTypeOf<{ a: string | null; b?: number[] }>();
    expectTypeOf<Answer<'TaskOutput'>['stdout']>().toEqualTypeOf<string | null>();
    expectTypeOf<Answer<'Task'>['exitStatus']>().toEqualTypeOf<number | null>();
    expectTypeOf<Answer<'Task'>>().toHaveProperty('startedAt').toEqualTypeOf<string | undefined>();
    expectTypeOf<Answer<'JobList'>['items'][number]['spec']['image']>().toEqualTypeOf<string>();
    expectTypeOf<Answer<'CronJob'>['spec']['suspend']>().toEqualTypeOf<boolean | undefined>();
    expect(made.properties?.['a']?.type).toEqual(['string', 'null']);
  });
});

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
