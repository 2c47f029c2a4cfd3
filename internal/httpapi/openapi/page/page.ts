import type { OpenApiDocument } from '../document.ts';
import { type Call, callSection } from './call.ts';
import { fieldTable } from './field-table.ts';
import { type Html, html, prose } from './html.ts';
import { STYLE } from './style.ts';

interface Topic {
  name: string;
  description: string;
  calls: Call[];
}

/**
 * The document as a page that needs nothing else: no scripts, no other files. It links only within
 * itself, as helmet's policy would have a browser ask for other pages by https.
 */
export function docsPage(document: OpenApiDocument): string {
  const { info, components } = document;
  const calls = callsOf(document);
  const topics = document.tags.map((tag) => {
    const own = calls.filter(({ operation }) => operation.tags[0] === tag.name);
    return { ...tag, calls: own.filter(({ operation }) => operation['x-alias-of'] === undefined) };
  });
  const aliasesOf = (call: Call) =>
    calls.filter(({ operation }) => operation['x-alias-of'] === call.operation.operationId);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${info.title} ${info.version}: REST API</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${info.title} ${info.version}: REST API</h1>
<p>${prose(info.description)}</p>
<p>${prose('As OpenAPI 3.1: `GET /openapi.json`. The examples want these variables:')}</p>
<pre>export SWARMER_SERVER=http://127.0.0.1:8500 SWARMER_TOKEN=…</pre>
<nav>${topics.map(contents)}<p><a href="#schemas">Schemas</a></p></nav>
${topics.map(
  ({ name, description, calls: own }) => html`<h2 id="${idOf(name)}">${name}</h2>
<p>${prose(description)}</p>
${own.map((call) => callSection(call, aliasesOf(call), document))}`,
)}<h2 id="schemas">Schemas</h2>
${Object.entries(components.schemas).map(schemaSection)}</body>
</html>
`;
  return page.text;
}

function callsOf({ paths }: OpenApiDocument): Call[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
}

function contents({ name, calls }: Topic): Html {
  const entries = calls.map(
    ({ operation }) => html`<li><a href="#${operation.operationId}">${operation.summary}</a></li>
`,
  );
  return html`<p><a href="#${idOf(name)}">${name}</a></p>
<ul>
${entries}</ul>
`;
}

function idOf(topic: string): string {
  return `topic-${topic.toLowerCase().replaceAll(' ', '-')}`;
}

function schemaSection([name, schema]: [string, OpenApiDocument['components']['schemas'][string]]) {
  return html`<section id="schema-${name}">
<h3>${name}</h3>
<p>${prose(schema.description ?? '')}</p>
${fieldTable(schema)}</section>
`;
}
