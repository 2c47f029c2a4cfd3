import type { JsonSchema } from '../../internal/apis/validation/index.ts';
import type { Rng } from '../sim/rng.ts';
import { ODD, WORDS } from './words.ts';

/** How likely a member that may be left out is given; without a name hardly any object is accepted, and of few
 * jobs with a callback none is asked for it. */
const OPTIONAL = 0.07;
const OFTEN: Readonly<Record<string, number>> = { metadata: 0.95, name: 0.95, callback: 0.4 };

interface Context {
  /** Of the member that the value is for. */
  name?: string;
  /** What `$ref` names. */
  components?: Readonly<Record<string, JsonSchema>>;
}

/** A value that a schema describes, most of the time: new fields take part as soon as they are in it. */
export function fromSchema(rng: Rng, schema: JsonSchema, context: Context = {}): unknown {
  const { name = '', components = {} } = context;
  if (typeof schema['$ref'] === 'string') {
    const referred = components[schema['$ref'].split('/').at(-1) ?? ''];
    if (referred === undefined) throw new Error(`there is no ${schema['$ref']}`);
    return fromSchema(rng, referred, context);
  }
  const words = Object.hasOwn(WORDS, name) ? WORDS[name] : undefined;
  // The first is always right: a body of many fields would hardly ever be.
  if (words !== undefined && rng.chance(0.75)) return structuredClone(words[0]);
  if (words !== undefined && rng.chance(0.8)) return structuredClone(rng.pick(words));
  if (schema['const'] !== undefined) return schema['const'];
  if (Array.isArray(schema['enum'])) return rng.pick(schema['enum']);
  if (Array.isArray(schema['anyOf'])) return fromSchema(rng, rng.pick(schema['anyOf']), context);
  switch (schema.type) {
    case 'object':
      return objectFrom(rng, schema, components);
    case 'array':
      return Array.from({ length: rng.int(1, 3) }, () =>
        fromSchema(rng, schema.items ?? {}, { components }),
      );
    case 'integer':
    case 'number':
      return numberFrom(rng, schema);
    case 'boolean':
      return rng.chance(0.5);
    case 'string':
      return rng.pick(['a', 'b1', 'x-y', '10', '0644', '/a/b', 'gpu', '10.0.0.1']);
    default:
      return structuredClone(rng.pick(ODD));
  }
}

function objectFrom(
  rng: Rng,
  { properties, required = [] }: JsonSchema,
  components: NonNullable<Context['components']>,
): object {
  if (properties === undefined) return { [rng.pick(['a', 'b.c', 'NAME'])]: 'x' };
  const entries = Object.entries(properties)
    .filter(([name]) => required.includes(name) || rng.chance(OFTEN[name] ?? OPTIONAL))
    .map(([name, member]) => [name, fromSchema(rng, member, { name, components })]);
  return Object.fromEntries(entries);
}

function numberFrom(rng: Rng, { minimum, maximum }: JsonSchema): number {
  const [least, most] = [Number(minimum ?? 0), Number(maximum ?? 100)];
  return rng.pick([least, least + 1, most, least - 1, most + 1, rng.int(least, least + 20)]);
}
