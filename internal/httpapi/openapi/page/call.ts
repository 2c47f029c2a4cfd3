import type { OpenApiDocument, OperationObject } from '../document.ts';
import { answersTable } from './answers.ts';
import { curlOf, curlOfEvents } from './curl.ts';
import { type Html, html, prose } from './html.ts';
import { remarks, typeText } from './schema-text.ts';

/** A call with its place. */
export interface Call {
  method: string;
  path: string;
  operation: OperationObject;
}

/** One call. @param aliases the same under other paths. */
export function callSection(call: Call, aliases: readonly Call[], document: OpenApiDocument): Html {
  const { method, path, operation } = call;
  const { operationId, summary, description } = operation;
  const others = aliases.map(
    (it) => html`<div>also ${line(it)}</div>
`,
  );
  return html`<section id="${operationId}">
<h3>${summary}</h3>
<div class="line">${line(call)}</div>
${others}${
  description === undefined
    ? ''
    : html`<p>${prose(description)}</p>
`
}${tokenNote(operation)}${parameterTable(operation)}${bodyNote(operation)}<h4>Answers</h4>
${answersTable(operation, document.components)}${example(curlOf(method, path, operation))}${example(curlOfEvents(path, operation))}</section>
`;
}

function line({ method, path }: Call): Html {
  return html`<code><b>${method.toUpperCase()}</b> ${path}</code>`;
}

function tokenNote({ security }: OperationObject): Html {
  if (security.length === 0)
    return html`<p>No token is needed.</p>
`;
  const [role] = security.flatMap(({ userToken = [] }) => userToken);
  if (role !== undefined)
    return html`<p>${prose(`Needs the role \`${role}\`.`)}</p>
`;
  if (!security.some((scheme) => 'reportToken' in scheme)) return html``;
  return html`<p>${prose("The token is the attempt's: `token` of the query, as in SWARMER_ADDRESS.")}</p>
`;
}

function parameterTable({ parameters }: OperationObject): Html {
  if (parameters.length === 0) return html``;
  const rows = parameters.map(({ name, in: place, required, description, schema }) => {
    const mark = required === true ? html` <em>required</em>` : html``;
    return html`<tr><td><code>${name}</code>${mark}</td><td>${place}</td><td>${typeText(schema)}</td><td>${remarks({ ...schema, description })}</td></tr>
`;
  });
  return html`<h4>Parameters</h4>
<table>
<thead><tr><th>Name</th><th>In</th><th>Type</th><th>What it is</th></tr></thead>
<tbody>
${rows}</tbody>
</table>
`;
}

function bodyNote({ requestBody }: OperationObject): Html {
  const { content, required } = requestBody ?? {};
  const body = content?.['application/json'];
  if (body === undefined) return html``;
  return html`<h4>Body</h4>
<p><code>application/json</code> ${typeText(body.schema)}${required ? '' : ', which may be left out'}</p>
`;
}

function example(command: string | undefined): Html {
  return command === undefined
    ? html``
    : html`<pre>${command}</pre>
`;
}
