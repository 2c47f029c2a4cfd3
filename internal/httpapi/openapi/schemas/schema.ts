import type { JsonSchema } from '../../../apis/validation/index.ts';

type Fields = Record<string, JsonSchema>;

export function text(description: string, more: JsonSchema = {}): JsonSchema {
  return { type: 'string', description, ...more };
}

export function oneOf(values: readonly string[], description: string): JsonSchema {
  return text(description, { enum: [...values] });
}

export function time(description: string): JsonSchema {
  return text(description, { format: 'date-time' });
}

export function integer(description: string, more: JsonSchema = {}): JsonSchema {
  return { type: 'integer', description, ...more };
}

export function flag(description: string, more: JsonSchema = {}): JsonSchema {
  return { type: 'boolean', description, ...more };
}

export function list(items: JsonSchema, description: string): JsonSchema {
  return { type: 'array', description, items };
}

/** The same, or null. */
export function orNull(schema: JsonSchema): JsonSchema {
  return { ...schema, type: [schema.type, 'null'] as unknown as string };
}

/** An object with fields that are always there, and others. Answers may get more in later versions. */
export function object(description: string, required: Fields, optional: Fields = {}): JsonSchema {
  const names = Object.keys(required);
  return {
    type: 'object',
    description,
    properties: { ...required, ...optional },
    ...(names.length === 0 ? {} : { required: names }),
  };
}

/** A schema of `components.schemas`. */
export function ref(name: string, description?: string): JsonSchema {
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
