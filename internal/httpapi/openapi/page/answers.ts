import { STATUS_CODES } from 'node:http';
import type { OpenApiDocument, OperationObject } from '../document.ts';
import type { Answer, EventKind } from '../types.ts';
import { type Html, html, prose } from './html.ts';
import { refName, typeText } from './schema-text.ts';

/** The answers of a call, refusals included, and the events that it may send. */
export function answersTable(
  { responses }: OperationObject,
  components: OpenApiDocument['components'],
): Html {
  const all = Object.entries(responses).map(([status, it]) => {
    return { status, answer: resolved(it, components) };
  });
  const events = all.flatMap(({ answer }) => answer.content?.['text/event-stream'] ?? []);
  return html`<table>
<thead><tr><th>Status</th><th>Body</th><th>When</th></tr></thead>
<tbody>
${all.map(row)}</tbody>
</table>
${events.map(({ 'x-events': kinds = [] }) => eventTable(kinds))}`;
}

function resolved(
  response: Answer | { $ref: string },
  { responses }: OpenApiDocument['components'],
): Answer {
  if (!('$ref' in response)) return response;
  const answer = responses[refName(response) ?? ''];
  if (answer === undefined) throw new Error(`there is no response ${response.$ref}`);
  return answer;
}

function row({ status, answer }: { status: string; answer: Answer }): Html {
  const { description, headers = {}, content = {} } = answer;
  const bodies = Object.entries(content).map(([type, { schema }]) => {
    return html`<div><code>${type}</code> ${refName(schema) === undefined ? '' : typeText(schema)}</div>`;
  });
  const sent = Object.entries(headers).map(([name, header]) => {
    return html`<div><code>${name}</code>: ${prose(header.description)}</div>`;
  });
  const title = STATUS_CODES[Number(status)] ?? '';
  return html`<tr><td>${status} ${title}</td><td>${bodies}</td><td>${prose(description)}${sent}</td></tr>
`;
}

function eventTable(kinds: readonly EventKind[]): Html {
  const rows = kinds.map(({ event, description, schema }) => {
    return html`<tr><td><code>${event}</code></td><td>${typeText(schema)}</td><td>${prose(description)}</td></tr>
`;
  });
  return html`<table>
<thead><tr><th>Event</th><th>Data</th><th>When</th></tr></thead>
<tbody>
${rows}</tbody>
</table>
`;
}
