import { LineCounter, parseDocument } from 'yaml';
import * as z from 'zod';
import { registryName } from './image-reference.ts';
import type { Secret } from './login.ts';

const NAME_RULE = 'a name of 1 to 63 of a-z, 0-9 and "-", a letter or digit first and last';
/** Of a credential, and of a namespace. */
const NAME = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const REGISTRY_RULE = 'a registry such as "docker.io" or "registry.example.com:5000"';
const REGISTRY = /^(?:https?:\/\/)?(?:[\w.-]+|\[[0-9a-fA-F:]+\])(?::\d{1,5})?(?:\/.*)?$/;

const text = (rule: string, form = /./) =>
  z.string({ error: `must be ${rule}` }).regex(form, { error: `must be ${rule}` });

const entry = z
  .strictObject(
    {
      name: text(NAME_RULE, NAME),
      registry: text(REGISTRY_RULE, REGISTRY).transform(registryName),
      username: text('a text that is not empty').optional(),
      password: text('a text that is not empty').optional(),
      passwordFile: text('the absolute path of a file', /^\//).optional(),
      identityToken: text('a text that is not empty').optional(),
      namespaces: z
        .array(text(NAME_RULE, NAME), { error: 'must be a list of namespaces' })
        .min(1, { error: 'must name one namespace at least' })
        .optional(),
    },
    { error: fieldError('an object with "name", "registry", "username" and "password"') },
  )
  .refine(hasOneSecret, {
    error:
      'must have either "username" with "password" or "passwordFile", or "identityToken", and no two of them',
  });

const file = z.strictObject(
  { credentials: z.array(entry, { error: 'must be a list of credentials' }) },
  { error: fieldError('an object with "credentials"') },
);

/** A credential that jobs may name. */
export type NamedCredential = z.output<typeof entry>;

/** The file cannot be used. Tells everything that is wrong, and nothing of what is secret in it. */
export class CredentialFileError extends Error {
  override name = 'CredentialFileError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** Reads the operator's file, YAML or JSON. @throws CredentialFileError */
export function parseCredentials(content: string): NamedCredential[] {
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined) {
    // Its own words quote the text around the fault.
    const { line, col } = lines.linePos(broken.pos[0]);
    throw new CredentialFileError([`line ${line}, column ${col}: it is no YAML (${broken.code})`]);
  }
  const read = file.safeParse(document.toJS({ maxAliasCount: 0 }) ?? {});
  if (!read.success) throw new CredentialFileError(read.error.issues.flatMap(issueLines));
  const repeated = read.data.credentials.flatMap(({ name }, i, all) =>
    all.findIndex((other) => other.name === name) < i
      ? [`credentials[${i}].name: "${name}" is there twice`]
      : [],
  );
  if (repeated.length > 0) throw new CredentialFileError(repeated);
  return read.data.credentials;
}

/** @param password what the entry's file says, where it names one. */
export function secretOf(
  { username, password, identityToken }: NamedCredential,
  fromFile?: string,
): Secret {
  const given = fromFile ?? password;
  return {
    ...(username === undefined ? {} : { username }),
    ...(given === undefined ? {} : { password: given }),
    ...(identityToken === undefined ? {} : { identitytoken: identityToken }),
  };
}

function hasOneSecret(it: {
  username?: string | undefined;
  password?: string | undefined;
  passwordFile?: string | undefined;
  identityToken?: string | undefined;
}): boolean {
  const secrets = [it.password, it.passwordFile, it.identityToken];
  if (secrets.filter((secret) => secret !== undefined).length !== 1) return false;
  return it.identityToken !== undefined || it.username !== undefined;
}

/** What is no such object at all; unknown fields of one are told by `issueLines`. */
function fieldError(rule: string) {
  return ({ code }: { code?: string }) =>
    code === 'unrecognized_keys' ? undefined : `must be ${rule}`;
}

function issueLines({ path, message, ...issue }: z.core.$ZodIssue): string[] {
  const where = path.map((it) => (typeof it === 'number' ? `[${it}]` : `.${String(it)}`)).join('');
  const at = where.replace(/^\./, '') || 'the file';
  if (issue.code !== 'unrecognized_keys') return [`${at}: ${message}`];
  return (issue as { keys: string[] }).keys.map((key) => `${at}: unknown field "${key}"`);
}
