import * as z from 'zod';
import type { Path } from './path.ts';
import type { ProblemList } from './problems.ts';
import { unknownField } from './unknown-field.ts';

/** One thing that is wrong with a value; `message` is made only when it is wanted. */
interface Issue {
  path: Path;
  message: () => string;
}

/**
 * Checks `value` and adds what is wrong with it to `problems`.
 * @param at where `value` stands in the body.
 */
export function check<T extends z.ZodObject>(
  schema: T,
  value: unknown,
  problems: ProblemList,
  at: Path = [],
): z.output<T> | undefined {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const { path, message } of issuesOf(schema, result.error)) {
    problems.add([...at, ...path], message);
  }
  return undefined;
}

/** What is wrong, one by one: an unknown field has an issue of its own, with the nearest name. */
export function issuesOf(schema: z.ZodObject, { issues }: z.ZodError): Issue[] {
  return issues.flatMap((issue): Issue[] => {
    if (issue.code !== 'unrecognized_keys') {
      return [{ path: issue.path, message: () => issue.message }];
    }
    const known = fieldsAt(schema, issue.path);
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      message: () => unknownField(key, known),
    }));
  });
}

function fieldsAt(schema: z.ZodObject, path: Path): string[] {
  let found: unknown = schema;
  for (const name of path) found = memberOf(unwrapped(found), name);
  const object = unwrapped(found);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

function memberOf(schema: unknown, name: PropertyKey): unknown {
  if (schema instanceof z.ZodObject) return schema.shape[String(name)];
  return schema instanceof z.ZodArray ? schema.element : undefined;
}

function unwrapped(schema: unknown): unknown {
  const isWrapper = schema instanceof z.ZodOptional || schema instanceof z.ZodNullable;
  return isWrapper ? unwrapped(schema.unwrap()) : schema;
}
