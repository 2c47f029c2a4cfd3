import * as z from 'zod';
import { breaking, object, text } from '../apis/validation/fields.ts';
import { isObjectName, type Parsed, ProblemList } from '../apis/validation/index.ts';
import { check } from '../apis/validation/issues.ts';
import { apiVersion } from '../apis/validation/job-manifest.ts';
import type { Namespaces } from './identity.ts';
import { ROLES } from './roles.ts';
import { parseHash } from './token.ts';

const MOST_TOKENS = 1000;
const MOST_NAMESPACES = 100;

const NAME = 'a name of 1 to 63 of a-z, 0-9 and "-", a letter or digit first and last';
const NAMESPACES = `"*" for all namespaces, or a list of 1 to ${MOST_NAMESPACES} names of namespaces`;
const HASH = '"sha256:" and 64 of 0-9 and a-f, as `swarmer token create` prints it';

const token = object('a token: an object with "name", "role", "namespaces" and "hash"', {
  name: text(NAME, isObjectName),
  role: z.enum(ROLES, { error: breaking(`one of ${ROLES.join(', ')}`) }),
  namespaces: z.custom<Namespaces>(isNamespaces, { error: breaking(NAMESPACES) }),
  hash: text(HASH, (value) => parseHash(value) !== undefined),
});

const TOKENS = `a list of at most ${MOST_TOKENS} tokens`;
const file = object('an Access: an object with "apiVersion", "kind" and "tokens"', {
  apiVersion,
  kind: z.literal('Access', { error: breaking('"Access"') }),
  tokens: z.array(token, { error: breaking(TOKENS) }).max(MOST_TOKENS, { error: breaking(TOKENS) }),
});

/** A token as the file has it. */
export type TokenEntry = z.output<typeof token>;

/** Reads the value of an access file, or tells everything that is wrong with it. */
export function parseAccess(value: unknown): Parsed<TokenEntry[]> {
  const problems = new ProblemList();
  const tokens = check(file, value, problems)?.tokens ?? [];
  for (const [index, entry] of tokens.entries()) {
    const at = (field: keyof TokenEntry) => ['tokens', index, field];
    const { role, namespaces } = entry;
    if (role === 'admin' && namespaces !== '*') {
      problems.add(at('namespaces'), () => 'must be "*": an admin is one of all namespaces');
    }
    for (const field of ['name', 'hash'] as const) {
      const first = tokens.findIndex((other) => other[field] === entry[field]);
      if (first < index) problems.add(at(field), () => `tokens[${first}] has the same`);
    }
  }
  return problems.total > 0 ? problems.failure() : { ok: true, value: tokens };
}

function isNamespaces(value: unknown): boolean {
  if (!Array.isArray(value)) return value === '*';
  if (value.length === 0 || value.length > MOST_NAMESPACES) return false;
  return value.every((name) => typeof name === 'string' && isObjectName(name));
}
