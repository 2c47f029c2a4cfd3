import type { JsonSchema } from '../validation/index.ts';

declare const value: unique symbol;

/** The JSON Schema of a `T`. The type is known to the compiler alone: nothing of it is there at run time. */
export interface Schema<T> extends JsonSchema {
  readonly [value]?: T;
}

/** The type of what a schema describes. */
export type ValueOf<S> = S extends Schema<infer T> ? T : never;

type Fields = Record<string, JsonSchema>;
type Values<F extends Fields> = { [Name in keyof F]: ValueOf<F[Name]> };
type Members<R extends Fields, O extends Fields> = Values<R> & Partial<Values<O>>;

export function text(description: string, more: JsonSchema = {}): Schema<string> {
  return { type: 'string', description, ...more };
}

export function oneOf<const V extends string>(
  values: readonly V[],
  description: string,
): Schema<V> {
  return { type: 'string', description, enum: [...values] };
}

export function time(description: string): Schema<string> {
  return text(description, { format: 'date-time' });
}

export function integer(description: string, more: JsonSchema = {}): Schema<number> {
  return { type: 'integer', description, ...more };
}

export function flag(description: string, more: JsonSchema = {}): Schema<boolean> {
  return { type: 'boolean', description, ...more };
}

export function list<T>(items: Schema<T>, description: string): Schema<T[]> {
  return { type: 'array', description, items };
}

/** The values of an object whose members have names of the user's. */
export function map<T>(values: Schema<T>, description?: string): Schema<Record<string, T>> {
  const described = description === undefined ? {} : { description };
  return { type: 'object', ...described, additionalProperties: values };
}

/** The same, or null. */
export function orNull<T>(schema: Schema<T>): Schema<T | null> {
  return { ...schema, type: [schema.type, 'null'] as unknown as string };
}

/** An object with fields that are always there, and others. Answers may get more in later versions. */
export function object<R extends Fields, O extends Fields = Record<never, JsonSchema>>(
  description: string,
  required: R,
  optional?: O,
): Schema<{ [Name in keyof Members<R, O>]: Members<R, O>[Name] }> {
  const names = Object.keys(required);
  return {
    type: 'object',
    description,
    properties: { ...required, ...optional },
    ...(names.length === 0 ? {} : { required: names }),
  };
}

/** A schema of `components.schemas`, by its name there: `ref<typeof Task>('Task')`. */
export function ref<S extends JsonSchema>(name: string, description?: string): Schema<ValueOf<S>> {
  const $ref = `#/components/schemas/${name}`;
  return description === undefined ? { $ref } : { $ref, description };
}

/** What is below a member of an object. @throws Error when there is no such member. */
export function memberOf(schema: JsonSchema, ...path: readonly string[]): JsonSchema {
  const [name, ...rest] = path;
  if (name === undefined) return schema;
  const member = schema.properties?.[name];
  if (member === undefined) throw new Error(`a schema has no member "${name}"`);
  return memberOf(member, ...rest);
}

/** The object with another schema for the member at a path. */
export function withMember(
  schema: JsonSchema,
  [name, ...rest]: readonly string[],
  member: JsonSchema,
): JsonSchema {
  if (name === undefined) return member;
  const changed = withMember(memberOf(schema, name), rest, member);
  return { ...schema, properties: { ...schema.properties, [name]: changed } };
}

/**
 * The schema of what is answered, by that of what is sent. Members may be added to it in later versions,
 * and lists be empty: of an object that is gone a watch shows only what is still known.
 */
export function answered(schema: JsonSchema): JsonSchema {
  const { additionalProperties, properties, items, minItems: _, ...rest } = schema;
  const members = Object.entries(properties ?? {}).map(([name, it]) => [name, answered(it)]);
  return {
    ...rest,
    ...(properties === undefined ? {} : { properties: Object.fromEntries(members) }),
    ...(items === undefined ? {} : { items: answered(items) }),
    ...(typeof additionalProperties === 'object' ? { additionalProperties } : {}),
  };
}
