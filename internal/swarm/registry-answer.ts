import type { RegistryAnswer } from '../apis/index.ts';
import type { EngineError } from './engine-error.ts';

/** What the engine answers `GET /distribution/{name}/json` with, as far as it is read. */
export interface RawDistribution {
  Descriptor?: { digest?: string };
}

/** Every answer but the one that was hoped for. */
type Refusal = Exclude<RegistryAnswer, { kind: 'found' }>;

/** The engine's own words where it has no login for a registry that asks for one: a 500. */
const NO_LOGIN =
  /no basic auth credentials|HTTP 40[13] response|unauthorized:|denied:|status: 40[13]/i;
/** The engine gives 500 for every status that the registry did not explain in its JSON. */
const BUSY = /unexpected HTTP status: (?:429|5\d\d)|HTTP (?:429|5\d\d) response|toomanyrequests/i;
const MISSING = /manifest unknown|name unknown|HTTP 404 response/i;

export function registryAnswer(raw: RawDistribution): RegistryAnswer {
  const digest = raw.Descriptor?.digest;
  if (digest !== undefined && /^[a-z0-9]+:[0-9a-f]{32,}$/.test(digest)) {
    return { kind: 'found', digest };
  }
  return { kind: 'silent', message: 'the engine answered with no digest' };
}

/**
 * What a failed inspection says of the registry: by the status that the engine passes on, else by its
 * words (seen of 20.10: a registry's 401, 404 and 429 come as they are, all others as a 500).
 */
export function registryRefusal({ status, message }: EngineError): Refusal {
  const kind = kindOf(status, message);
  return { kind, message };
}

function kindOf(status: number | undefined, words: string) {
  if (status === undefined) return 'silent';
  if (status === 401 || status === 403 || NO_LOGIN.test(words)) return 'denied';
  if (status === 429 || status === 503 || BUSY.test(words)) return 'busy';
  if (status === 404 || MISSING.test(words)) return 'missing';
  return 'silent';
}
