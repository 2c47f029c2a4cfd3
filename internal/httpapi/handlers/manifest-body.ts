import type { Request } from 'express';
import type {
  MetadataRequest,
  Parsed,
  ServerDefaults,
  Steps,
} from '../../apis/validation/index.ts';
import { inSteps } from '../body/in-steps.ts';
import { jsonBody } from '../body/json-body.ts';
import { SPEC_BODY_BYTES } from '../body/limits.ts';
import { ApiProblem, invalidBody } from '../problem.ts';

/** The manifest of a request. @throws ApiProblem 400, 413, 415. */
export async function readManifest<T>(
  request: Request,
  defaults: ServerDefaults,
  parse: (body: unknown, defaults: ServerDefaults) => Steps<Parsed<T>>,
): Promise<{ body: unknown; value: T }> {
  const body = await jsonBody(request, SPEC_BODY_BYTES);
  const parsed = await inSteps(parse(body, defaults));
  if (!parsed.ok) throw invalidBody(parsed);
  return { body, value: parsed.value };
}

/** @throws ApiProblem 400 when a manifest names another namespace than the one it is sent to. */
export function checkNamespace(metadata: MetadataRequest, namespace: string): void {
  if (metadata.namespace === undefined || metadata.namespace === namespace) return;
  throw refusal(
    'metadata.namespace',
    `must be "${namespace}", where it was sent to, or be left out`,
  );
}

/** True for metadata with a name, or the beginning of one. */
export function isNamed({ name, generateName }: MetadataRequest): boolean {
  return name !== undefined || generateName !== undefined;
}

/**
 * The name of a new object: the given one, or one that is made of `generateName`.
 * @param uid makes it unique.
 * @throws ApiProblem 400 when there is neither, or both.
 */
export function requireName({ name, generateName }: MetadataRequest, uid: string): string {
  if (name !== undefined && generateName === undefined) return name;
  if (name === undefined && generateName !== undefined) {
    return generateName + uid.slice(-6).toLowerCase();
  }
  const path = name === undefined ? 'metadata.name' : 'metadata.generateName';
  throw refusal(path, 'exactly one of "name" and "generateName" must be given');
}

function refusal(path: string, message: string): ApiProblem {
  return invalidBody({ ok: false, problems: [{ path, message }], more: 0 });
}

/** @throws ApiProblem 400 when a manifest has another name than the path. */
export function checkName(metadata: MetadataRequest, name: string): void {
  if (metadata.name === name && metadata.generateName === undefined) return;
  throw refusal('metadata.name', `must be "${name}", as the path has it`);
}

export function unprocessable(refusals: readonly { path: string; message: string }[]): ApiProblem {
  const detail =
    'The object cannot be changed so. "errors" lists what stands in the way, and the ways out.';
  return new ApiProblem(422, detail, { errors: refusals });
}
