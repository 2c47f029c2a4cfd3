import { matches } from './pattern.ts';

/** An image reference with everything filled in that Docker fills in. */
export interface ImageName {
  /** For example `docker.io/library/alpine`. */
  repository: string;
  /** `latest` where neither tag nor digest is given. */
  tag?: string;
  digest?: string;
}

const HUB = 'docker.io';
/** Names by which Docker knows its own registry. */
const HUB_ALIASES = new Set([
  HUB,
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
]);

/**
 * Reads a reference, or a pattern of references, as Docker does (github.com/distribution/reference,
 * normalize.go): `alpine` is `docker.io/library/alpine:latest`. Hosts are compared in lower case.
 */
export function imageName(reference: string): ImageName {
  const [named = '', digest] = reference.split('@');
  const slash = named.lastIndexOf('/');
  const colon = named.indexOf(':', slash + 1);
  const path = colon === -1 ? named : named.slice(0, colon);
  const tag = colon === -1 ? undefined : named.slice(colon + 1);
  return {
    repository: repositoryOf(path),
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest: digest.toLowerCase() }),
  };
}

function repositoryOf(path: string): string {
  const slash = path.indexOf('/');
  const first = path.slice(0, Math.max(0, slash));
  const isHost = /[.:*]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  const host = isHost ? first.toLowerCase() : HUB;
  const rest = isHost ? path.slice(slash + 1) : path;
  if (!HUB_ALIASES.has(host)) return `${host}/${rest}`;
  return rest.includes('/') || rest.startsWith('**') ? `${HUB}/${rest}` : `${HUB}/library/${rest}`;
}

/**
 * True when a reference is one that a pattern allows. A pattern without a tag or a digest allows all of
 * them. One with a tag does not allow a digest: Docker would run the digest, whatever the tag.
 */
export function allowsImage(pattern: string, reference: string): boolean {
  if (pattern === '**') return true;
  // The engine takes these for the id of an image, of whatever repository, that a node has.
  if (/^[0-9a-f]{64}$|^sha256:/.test(reference)) return false;
  const [wanted, given] = [imageName(pattern), imageName(reference)];
  if (!matches(wanted.repository, given.repository)) return false;
  if (wanted.digest !== undefined && !matches(wanted.digest, given.digest ?? '')) return false;
  if (wanted.tag === undefined) return true;
  if (given.digest !== undefined && wanted.digest === undefined) return false;
  return matches(wanted.tag, given.tag ?? 'latest');
}

/** True for what can be a pattern of references. */
export function isImagePattern(text: string): boolean {
  return /^[\w.*-]+(:[0-9]+(?=\/))?(\/[a-z0-9._*-]+)*(:[\w.*-]+)?(@[\w.+:*-]+)?$/.test(text);
}
