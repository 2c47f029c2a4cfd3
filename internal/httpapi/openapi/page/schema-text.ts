import type { JsonSchema } from '../../../apis/validation/index.ts';
import { code, type Html, html, prose } from './html.ts';

/** The name of the component that a schema refers to. */
export function refName({ $ref }: JsonSchema): string | undefined {
  return typeof $ref === 'string' ? $ref.slice($ref.lastIndexOf('/') + 1) : undefined;
}

/** Link to the table of a component. */
function schemaLink(name: string): Html {
  return html`<a href="#schema-${name}">${name}</a>`;
}

/** The type of a schema in words, such as `integer` or `list of Job`. */
export function typeText(schema: JsonSchema): Html {
  const name = refName(schema);
  if (name !== undefined) return schemaLink(name);
  if (schema.items !== undefined) return html`list of ${typeText(schema.items)}`;
  const branches = schema['anyOf'];
  if (Array.isArray(branches)) return joined(branches.map(typeText));
  if (isSchema(schema['additionalProperties'])) {
    return html`map of ${typeText(schema['additionalProperties'])}`;
  }
  const format = schema['format'] ?? schema['contentEncoding'];
  const kind = html`${[schema.type ?? 'any'].flat().join(' or ')}`;
  return typeof format === 'string' ? html`${kind} (${format})` : kind;
}

function joined(parts: Html[]): Html {
  return parts.reduce((all, part) => html`${all} or ${part}`);
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null;
}

/** What else is to be said of a schema: its description, its values and its limits. */
export function remarks(schema: JsonSchema): Html {
  const said = descriptionOf(schema);
  const facts = factsOf(schema);
  return html`${said === undefined ? '' : prose(said)}${facts.map((fact) => html` ${fact}`)}`;
}

/** One that may be null has its description in the branch that says what else it may be. */
function descriptionOf(schema: JsonSchema): string | undefined {
  const branches = Array.isArray(schema['anyOf']) ? (schema['anyOf'] as JsonSchema[]) : [];
  return schema.description ?? branches.find((it) => it.description !== undefined)?.description;
}

function factsOf(schema: JsonSchema): Html[] {
  const given = (keyword: string, say: (value: Html) => Html) => {
    const value = schema[keyword];
    return value === undefined ? [] : [html`<span class="fact">${say(asCode(value))}</span>`];
  };
  const values = schema['enum'] ?? schema.items?.['enum'];
  return [
    ...(Array.isArray(values)
      ? [html`<span class="fact">One of ${joinedCodes(values)}.</span>`]
      : []),
    ...given('const', (value) => html`Always ${value}.`),
    ...given('default', (value) => html`Default ${value}.`),
    ...rangeOf(schema, 'minimum', 'maximum', ''),
    ...rangeOf(schema, 'minItems', 'maxItems', ' entries'),
    ...given('maxLength', (value) => html`At most ${value} characters.`),
    ...given('pattern', (value) => html`Matches ${value}.`),
  ];
}

function joinedCodes(values: readonly unknown[]): Html {
  return html`${values.map((value, i) => html`${i === 0 ? '' : ', '}${asCode(value)}`)}`;
}

function rangeOf(schema: JsonSchema, from: string, to: string, unit: string): Html[] {
  const [least, most] = [schema[from], schema[to]].map((it) => it?.toString());
  const words = rangeWords(least, most);
  return words === undefined ? [] : [html`<span class="fact">${words}${unit}.</span>`];
}

function rangeWords(least: string | undefined, most: string | undefined): string | undefined {
  if (least === undefined) return most === undefined ? undefined : `At most ${most}`;
  return most === undefined ? `At least ${least}` : `From ${least} to ${most}`;
}

function asCode(value: unknown): Html {
  return code(typeof value === 'string' ? value : JSON.stringify(value));
}
