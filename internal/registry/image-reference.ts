/** What Docker calls its own registry in references, and in files of credentials. */
const HUB = 'docker.io';
const HUB_NAMES = new Set([HUB, 'index.docker.io', 'registry-1.docker.io', 'www.docker.io']);
/** The address under which Docker keeps its login. */
const HUB_ADDRESS = 'https://index.docker.io/v1/';

/**
 * The registry of an image reference: its host, in lower case, with its port.
 * By github.com/distribution/reference (`splitDockerDomain`): what stands before the first slash is a
 * host when it has a dot, a colon or a capital, or is `localhost`; else the image is of docker.io.
 */
export function registryOf(image: string): string {
  const slash = image.indexOf('/');
  const first = image.slice(0, Math.max(slash, 0));
  return /[.:A-Z]/.test(first) || first === 'localhost' ? registryName(first) : HUB;
}

/** A registry as somebody wrote it in a file, a URL perhaps, in the form of `registryOf`. */
export function registryName(written: string): string {
  const host = written.replace(/^https?:\/\//i, '').replace(/\/.*$/, '');
  const name = host.toLowerCase().replace(/:443$/, '');
  return HUB_NAMES.has(name) ? HUB : name;
}

/** What credential helpers and the engine call a registry. */
export function serverAddress(registry: string): string {
  return registry === HUB ? HUB_ADDRESS : registry;
}

export function hasDigest(image: string): boolean {
  return image.includes('@');
}

/**
 * The reference with the digest that it stands for, as `docker service create` pins it:
 * `alpine` becomes `alpine:latest@sha256:…`.
 */
export function withDigest(image: string, digest: string): string {
  const hasTag = image.lastIndexOf(':') > image.lastIndexOf('/');
  return `${hasTag ? image : `${image}:latest`}@${digest}`;
}
