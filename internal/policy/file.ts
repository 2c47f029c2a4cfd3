import * as z from 'zod';
import { breaking, object } from '../apis/validation/fields.ts';
import { isObjectName, type Parsed, ProblemList } from '../apis/validation/index.ts';
import { check } from '../apis/validation/issues.ts';
import { apiVersion } from '../apis/validation/job-manifest.ts';
import type { PolicyFile } from './policy.ts';
import { sections } from './sections.ts';

const NAMESPACES = 'an object of namespaces, each with sections of rules';
const file = object('a Policy: an object with "apiVersion", "kind", "default" and "namespaces"', {
  apiVersion,
  kind: z.literal('Policy', { error: breaking('"Policy"') }),
  default: sections.optional(),
  namespaces: z.custom<Record<string, unknown>>(isMap, { error: breaking(NAMESPACES) }).optional(),
});

function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads the value of a policy file, or tells everything that is wrong with it. */
export function parsePolicy(value: unknown): Parsed<PolicyFile> {
  const problems = new ProblemList();
  const read = check(file, value, problems);
  const namespaces: PolicyFile['namespaces'] = {};
  for (const [name, given] of Object.entries(namespacesOf(value))) {
    const at = ['namespaces', name];
    if (!isObjectName(name)) {
      problems.add(at, () => 'the name of a namespace must be 1 to 63 of a-z, 0-9 and "-"');
    }
    const rules = check(sections, given, problems, at);
    if (rules !== undefined) namespaces[name] = rules;
  }
  if (read === undefined || problems.total > 0) return problems.failure();
  return { ok: true, value: { default: read.default, namespaces } };
}

/** Looked at one by one, also when something else is wrong with the file. */
function namespacesOf(value: unknown): Record<string, unknown> {
  const found: unknown = isMap(value) ? Reflect.get(value as object, 'namespaces') : undefined;
  return isMap(found) ? (found as Record<string, unknown>) : {};
}
