import { JSONPath } from 'jsonpath-plus';
import { UsageError } from '../errors.ts';
import { type Node, parseTemplate } from './json-path-template.ts';

/**
 * Fills in a template in kubectl's form: `{.items[*].metadata.name}`,
 * `{range .items[*]}{.metadata.name}{"\n"}{end}`. Filters `[?(@.x=="y")]` are interpreted, never run as code.
 * @throws UsageError when the template is not valid.
 */
export function fillTemplate(template: string, data: unknown): string {
  return fill(parseTemplate(template), data);
}

function fill(nodes: readonly Node[], data: unknown): string {
  return nodes.map((node) => fillNode(node, data)).join('');
}

function fillNode(node: Node, data: unknown): string {
  if (node.kind === 'text') return node.text;
  const found = select(node.path, data);
  if (node.kind === 'value') return found.map(valueText).join(' ');
  return found.map((item) => fill(node.body, item)).join('');
}

function select(path: string, data: unknown): unknown[] {
  if (path === '$') return [data];
  if (typeof data !== 'object' || data === null) return [];
  try {
    const found: unknown = JSONPath({ path, json: data, eval: 'safe', wrap: true });
    return Array.isArray(found) ? found : [];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`the JSONPath "${path}" is not valid: ${why}`);
  }
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
