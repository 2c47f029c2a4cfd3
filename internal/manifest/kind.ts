import type { API_VERSION, Problem } from '../apis/validation/index.ts';
import { quoted } from '../apis/validation/path.ts';
import { nearest, unknownField } from '../apis/validation/unknown-field.ts';

/** What a manifest can describe. */
export type ManifestKind = 'Job' | 'CronJob';

const KINDS: readonly ManifestKind[] = ['Job', 'CronJob'];
/** By type only: the schemas need not be loaded to tell kinds apart. */
const VERSION: typeof API_VERSION = 'swarmer/v1';

/** The kind of a manifest's value, or what is wrong with its `apiVersion` and `kind`. */
export function manifestKind(value: unknown): ManifestKind | Problem {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return {
      path: 'body',
      message: `must be a mapping with "apiVersion" and "kind", not ${nameOf(value)}`,
    };
  }
  return versionProblem(value) ?? kindOf(value);
}

function versionProblem(value: object): Problem | undefined {
  const version = Reflect.get(value, 'apiVersion');
  if (version === VERSION) return undefined;
  if (version === undefined) return missing(value, 'apiVersion', `"${VERSION}"`);
  const hint = version === 'batch/v1' ? ': convert manifests of Kubernetes first' : '';
  return { path: 'apiVersion', message: `must be "${VERSION}", not ${shown(version)}${hint}` };
}

function kindOf(value: object): ManifestKind | Problem {
  const given: unknown = Reflect.get(value, 'kind');
  const kind = KINDS.find((known) => known === given);
  if (kind !== undefined) return kind;
  const names = KINDS.map((known) => `"${known}"`).join(' or ');
  if (given === undefined) return missing(value, 'kind', names);
  const near = typeof given === 'string' ? nearestKind(given) : undefined;
  const hint = near === undefined ? `must be ${names}` : `did you mean "${near}"?`;
  return { path: 'kind', message: `unknown kind ${shown(given)}: ${hint}` };
}

function nearestKind(given: string): string | undefined {
  const sameLetters = KINDS.find((known) => known.toLowerCase() === given.toLowerCase());
  return sameLetters ?? nearest(given, KINDS);
}

/** A field that is not there, or there by a misspelt name. */
function missing(value: object, field: string, rule: string): Problem {
  const misspelt = nearest(field, Object.keys(value));
  if (misspelt === undefined) return { path: field, message: `is required and must be ${rule}` };
  return { path: misspelt, message: unknownField(misspelt, [field]) };
}

function shown(value: unknown): string {
  return typeof value === 'string' ? quoted(value) : nameOf(value);
}

function nameOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? 'a text' : `${String(value)}`;
}
