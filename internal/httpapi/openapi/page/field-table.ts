import type { JsonSchema } from '../../../apis/validation/index.ts';
import { type Html, html } from './html.ts';
import { remarks, typeText } from './schema-text.ts';

interface Field {
  path: string;
  required: boolean;
  schema: JsonSchema;
}

/** The fields of an object, with those of the objects in it; other components are linked. */
export function fieldTable(schema: JsonSchema): Html {
  const rows = fieldsOf(schema, '').map(row);
  if (rows.length === 0) return html`<p>${typeText(schema)}</p>`;
  return html`<table>
<thead><tr><th>Field</th><th>Type</th><th>What it is</th></tr></thead>
<tbody>
${rows}</tbody>
</table>
`;
}

function row({ path, required, schema }: Field): Html {
  const mark = required ? html` <em>required</em>` : html``;
  return html`<tr><td><code>${path}</code>${mark}</td><td>${typeText(schema)}</td><td>${remarks(schema)}</td></tr>
`;
}

function fieldsOf(schema: JsonSchema, before: string): Field[] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const path = before + name;
    const field = { path, required: required.has(name), schema: member };
    return [field, ...fieldsOf(member, `${path}.`), ...fieldsOf(member.items ?? {}, `${path}[].`)];
  });
}
