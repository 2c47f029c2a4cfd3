import type { JsonSchema } from '../../apis/validation/index.ts';
import { alternatives, type Field, mapValue, membersOf } from './field.ts';

const TEXT_WIDTH = 76;

/** What is to be said of a field, and of those below it. */
export function explainLines({ kind, path, schema }: Field, recursive: boolean): string[] {
  const fields = memberLines(schema, recursive);
  return [
    `KIND:     ${kind}`,
    'VERSION:  swarmer/v1',
    `FIELD:    ${path} <${typeText(schema)}>`,
    ...detailLines(schema, '          '),
    '',
    'DESCRIPTION:',
    ...wrapped(schema.description ?? 'There is no description.', '  '),
    ...(fields.length === 0 ? [] : ['', 'FIELDS:', ...fields]),
  ];
}

/** The type as people write it: `string`, `[]object`, `map[string]string`. */
export function typeText(schema: JsonSchema): string {
  const value = mapValue(schema);
  if (schema.items !== undefined) return `[]${typeText(schema.items)}`;
  if (schema.properties !== undefined) return 'object';
  if (value !== undefined) return `map[string]${typeText(value)}`;
  if (schema['const'] !== undefined) return JSON.stringify(schema['const']);
  if (typeof schema.type === 'string') return schema.type;
  const types = [...new Set(alternatives(schema).map(typeText))];
  return types.length === 0 ? 'any' : types.join(' | ');
}

function memberLines(schema: JsonSchema, recursive: boolean, indent = '  '): string[] {
  const required = new Set(schema.required ?? schema.items?.required ?? []);
  const members = Object.entries(membersOf(schema));
  return members.flatMap(([name, member]) => {
    const head = `${indent}${name} <${typeText(member)}>${required.has(name) ? ' -required-' : ''}`;
    const below = `${indent}  `;
    if (recursive) return [head, ...memberLines(member, true, below)];
    return [head, ...detailLines(member, below), ...wrapped(member.description ?? '', below)];
  });
}

/** Default, choices and bounds. */
function detailLines(schema: JsonSchema, indent: string): string[] {
  const { minimum, maximum, enum: choices } = schema;
  const lines: string[] = [];
  if (schema.default !== undefined) lines.push(`default: ${JSON.stringify(schema.default)}`);
  if (Array.isArray(choices)) lines.push(`one of: ${choices.map(String).join(', ')}`);
  if (typeof minimum === 'number') lines.push(`at least: ${minimum}`);
  // The bound that a number has for want of another one says nothing.
  if (typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER) {
    lines.push(`at most: ${maximum}`);
  }
  return lines.map((line) => indent + line);
}

function wrapped(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > TEXT_WIDTH) {
      lines.push(indent + line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, indent + line];
}
