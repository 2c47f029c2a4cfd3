import { join } from 'node:path';
import { Refused } from './errors.ts';

/** Where the Docker Engine is. `ca`, `cert` and `key` are paths of PEM files. */
export type EngineTarget =
  | { socketPath: string }
  | {
      host: string;
      port: number;
      protocol: 'http' | 'https';
      ca?: string;
      cert?: string;
      key?: string;
    };

/** What `DOCKER_HOST` says by itself: whether tcp:// means TLS is up to `DOCKER_TLS_VERIFY`. */
export type DockerHost =
  | { socketPath: string }
  | { scheme: 'tcp' | 'http' | 'https'; host: string; port?: number };

const FORMS = 'unix:///path, tcp://host:port, http://host:port or https://host:port';

export function dockerHost(text: string): DockerHost {
  const [, scheme, rest = ''] = /^([a-z]+):\/\/(.*)$/.exec(text) ?? [];
  if (scheme === 'unix' && rest.startsWith('/')) return { socketPath: rest };
  if (scheme !== 'tcp' && scheme !== 'http' && scheme !== 'https') throw wrong(text);
  const [, literal, name, port] =
    /^(?:\[([0-9A-Fa-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?\/?$/.exec(rest) ?? [];
  const host = literal ?? name;
  if (host === undefined) throw wrong(text);
  if (port === undefined) return { scheme, host };
  if (Number(port) < 1 || Number(port) > 65535) throw wrong(text);
  return { scheme, host, port: Number(port) };
}

function wrong(text: string): Refused {
  return new Refused(`${JSON.stringify(text)} has none of the forms ${FORMS}`);
}

/**
 * The engine with its TLS files.
 * @param tls any text of `DOCKER_TLS_VERIFY` turns TLS on, as with the docker command.
 * @param folder holds ca.pem, cert.pem and key.pem.
 */
export function engineTarget(at: DockerHost, tls: boolean, folder?: string): EngineTarget {
  if ('socketPath' in at) return at;
  const protocol = at.scheme === 'https' || tls ? 'https' : 'http';
  const port = at.port ?? defaultPort(at.scheme, protocol);
  const target = { host: at.host, port, protocol } as const;
  if (protocol === 'http' || !tls || folder === undefined) return target;
  const file = (name: string) => join(folder, name);
  return { ...target, ca: file('ca.pem'), cert: file('cert.pem'), key: file('key.pem') };
}

function defaultPort(scheme: string, protocol: 'http' | 'https'): number {
  if (scheme === 'tcp') return protocol === 'https' ? 2376 : 2375;
  return protocol === 'https' ? 443 : 80;
}
