import { describe, expect, it } from 'vitest';
import { openApiDocument } from '../document.ts';
import { docsPage } from './page.ts';

const document = openApiDocument('1.2.3');
const page = docsPage(document);

describe('the page of the API', () => {
  it('needs nothing else: no scripts, no other files, no handlers', () => {
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|url\(|@import/i);
  });

  it('links only to places of its own, each of which is there once', () => {
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    const links = [...page.matchAll(/href="([^"]+)"/g)].map(([, to = '']) => to);
    expect(new Set(ids).size).toBe(ids.length);
    expect(links.length).toBeGreaterThan(50);
    expect(links.filter((to) => !ids.includes(to.replace(/^#/, '')))).toEqual([]);
  });

  it('has every path, and every field of a nested body', () => {
    for (const path of Object.keys(document.paths)) expect(page).toContain(` ${path}</code>`);
    for (const name of Object.keys(document.components.schemas)) {
      expect(page).toContain(`<section id="schema-${name}">`);
    }
    expect(page).toContain('<code>tasks[].resources.limits.cpus</code>');
    expect(page).toContain('<code>failurePolicy[].onExitCodes.values</code>');
  });

  it('says what a field is by default, and what it may be', () => {
    const row = /<tr><td><code>onNodeLost<\/code>.*/.exec(page)?.[0];
    expect(row).toContain('What becomes of an attempt whose node is down');
    expect(row).toContain('One of <code>replace</code>, <code>wait</code>, <code>fail</code>.');
    expect(row).toContain('Default <code>replace</code>.');
  });

  it('shows a call and its alias under one heading, with the events it sends', () => {
    const section = page.slice(page.indexOf('<section id="readLogs">')).split('</section>')[0];
    expect(section).toContain('<b>GET</b> /v1/namespaces/{namespace}/jobs/{name}/logs');
    expect(section).toContain('also <code><b>GET</b> /v1/jobs/{id}/logs');
    expect(section).toContain('<td><code>gap</code></td><td><a href="#schema-LogGap">LogGap</a>');
    expect(page).not.toContain('<section id="readLogsByUid">');
  });

  it('closes every element that it opens', () => {
    const open: string[] = [];
    for (const [, slash, name = ''] of page.matchAll(/<(\/?)([a-z]\w*)[^>]*>/g)) {
      if (name === 'meta') continue;
      if (slash === '') open.push(name);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
  });

  it('escapes whatever the document says', () => {
    const evil = '<b>"&\'`<i>`';
    const [path = ''] = Object.keys(document.paths);
    const operation = { ...document.paths[path]?.['get'], summary: evil, description: evil };
    const schema = {
      type: 'object',
      description: evil,
      properties: { [evil]: { type: evil, description: evil, default: evil, pattern: evil } },
    };
    const text = docsPage({
      ...document,
      info: { title: evil, version: evil, description: evil },
      paths: { [path]: { get: operation as never } },
      components: { ...document.components, schemas: { Evil: schema } },
    });
    const escaped = text.match(/&lt;b&gt;&quot;&amp;&#39;/g) ?? [];
    expect(escaped.length).toBeGreaterThanOrEqual(10);
    expect(text).not.toContain('<i>');
    expect(text).not.toContain('<b>"');
  });
});
