import type { JsonSchema } from '../../apis/validation/index.ts';
import { UsageError } from '../errors.ts';

/** A place in a manifest. */
export interface Field {
  kind: string;
  /** From the kind on, such as `job.spec.tasks`. */
  path: string;
  schema: JsonSchema;
}

/**
 * The field that a path such as `job.spec.tasks.name` leads to. The way into a list needs no index.
 * @throws UsageError with the nearest name when there is none.
 */
export async function fieldAt(
  schemas: Readonly<Record<string, JsonSchema>>,
  path: string,
): Promise<Field> {
  const [word = '', ...names] = path.split('.').filter((name) => name !== '');
  const singular = word.toLowerCase().replace(/s$/, '');
  const kind = Object.keys(schemas).find((name) => name.toLowerCase() === singular);
  const root = kind === undefined ? undefined : schemas[kind];
  if (kind === undefined || root === undefined) {
    throw await unknown(
      word,
      Object.keys(schemas).map((name) => name.toLowerCase()),
      'kind',
    );
  }
  let field: Field = { kind, path: kind.toLowerCase(), schema: root };
  for (const name of names) field = await below(field, name.replace(/\[\d*\]$/, ''));
  return field;
}

/** The members of a field's value: of the object, or of what the list or map holds. */
export function membersOf(schema: JsonSchema): Record<string, JsonSchema> {
  const choices = [schema, ...alternatives(schema), schema.items, mapValue(schema)];
  const all = choices.map((one) => one?.properties ?? alternativesOf(one));
  return Object.assign({}, ...all);
}

/** What a value may be instead. */
export function alternatives(schema: JsonSchema): JsonSchema[] {
  const lists = [schema['anyOf'], schema['oneOf'], schema['allOf']];
  return lists.flatMap((list) => (Array.isArray(list) ? (list as JsonSchema[]) : []));
}

/** The schema of a map's values. */
export function mapValue(schema: JsonSchema): JsonSchema | undefined {
  const value = schema['additionalProperties'];
  return typeof value === 'object' && value !== null ? (value as JsonSchema) : undefined;
}

function alternativesOf(schema: JsonSchema | undefined): Record<string, JsonSchema> {
  const members = schema === undefined ? [] : alternatives(schema).map((one) => one.properties);
  return Object.assign({}, ...members);
}

async function below(field: Field, name: string): Promise<Field> {
  const members = membersOf(field.schema);
  const exact = Object.hasOwn(members, name)
    ? name
    : Object.keys(members).find((member) => member.toLowerCase() === name.toLowerCase());
  const schema = exact === undefined ? undefined : members[exact];
  if (exact === undefined || schema === undefined) {
    throw await unknown(name, Object.keys(members), `field of ${field.path}`);
  }
  return { ...field, path: `${field.path}.${exact}`, schema };
}

async function unknown(name: string, known: readonly string[], what: string): Promise<UsageError> {
  if (known.length === 0) return new UsageError(`"${name}" is no ${what}, which has none`);
  const { closest } = await import('../closest.ts');
  const near = closest(name, [...known]);
  return new UsageError(
    `"${name}" is no ${what}; did you mean "${near}"? There are ${known.join(', ')}`,
  );
}
