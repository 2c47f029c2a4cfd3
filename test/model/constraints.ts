import { ModelError } from './model-error.ts';
import type { ModelNode } from './raw.ts';

interface Constraint {
  key: string;
  equal: boolean;
  value: string;
}

/** @throws ModelError 500, which is what swarm answers to a constraint that it cannot read. */
export function parseConstraint(text: string): Constraint {
  const parts = /^\s*([a-z_][a-z0-9\-_.]+)\s*(==|!=)\s*([^=!]+?)\s*$/i.exec(text);
  const [, key, operator, value] = parts ?? [];
  if (key === undefined || value === undefined) {
    const words = 'rpc error: code = Unknown desc = constraint expected one operator from ==, !=';
    throw new ModelError(500, words);
  }
  return { key, equal: operator === '==', value };
}

/** True when the node meets all constraints. */
export function meets(node: ModelNode, constraints: readonly string[] = []): boolean {
  return constraints.map(parseConstraint).every(({ key, equal, value }) => {
    const same = property(node, key)?.toLowerCase() === value.toLowerCase();
    return same === equal;
  });
}

/** What the model's nodes can be told apart by. They have no labels. */
function property(node: ModelNode, key: string): string | undefined {
  const known: Record<string, string> = {
    'node.id': node.ID,
    'node.hostname': node.Description.Hostname,
    'node.role': node.Spec.Role,
  };
  return known[key.toLowerCase()];
}
