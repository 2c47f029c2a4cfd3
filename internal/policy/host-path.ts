import { posix } from 'node:path';

/**
 * Directories by which a container gets hold of its node: kernel interfaces, sockets and state of the
 * engine and of Swarmer, accounts. A rule for a directory around one of them does not cover it.
 */
const PROTECTED = [
  ...['/proc', '/sys', '/dev', '/run', '/boot', '/etc', '/root'],
  ...['/var/lib/docker', '/var/lib/containerd', '/var/lib/kubelet', '/var/lib/swarmer'],
];
/** The sockets of container engines, wherever they are. */
const ENGINE_SOCKET = /^(docker|containerd|podman|crio|dockershim).*\.sock$/i;

/**
 * A path on a node in one spelling: `//var/./run/docker.sock/` is `/run/docker.sock`. Undefined for one
 * with `..`: where that leads the links on the node decide, which are not seen from here.
 */
export function hostPath(path: string): string | undefined {
  if (path.split('/').includes('..')) return undefined;
  const normal = posix.normalize(`/${path}`).replace(/(?<=.)\/$/, '');
  // A link on every Linux of today.
  return normal.replace(/^\/var\/run(?=\/|$)/, '/run');
}

/** True when one of the entries lets a path be mounted: that path, or what is below it. */
export function coversPath(entries: readonly string[], path: string): boolean {
  const given = hostPath(path);
  if (given === undefined) return false;
  return entries.some((entry) => {
    const allowed = hostPath(entry);
    if (allowed === undefined || !isWithin(given, allowed)) return false;
    return allowed === given || isMeant(allowed, given);
  });
}

/** An entry reaches what is protected only when it is within that itself. */
function isMeant(allowed: string, given: string): boolean {
  if (PROTECTED.some((root) => isWithin(root, given))) return false;
  if (given.split('/').some((name) => ENGINE_SOCKET.test(name))) return false;
  const root = PROTECTED.find((it) => isWithin(given, it));
  return root === undefined || isWithin(allowed, root);
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`);
}
