import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { ApiProblem } from '../problem.ts';

/** A host with or without a port, and nothing else that a URL parser would take for one. */
const AUTHORITY = /^(?:\[[0-9a-f:.]+\]|[\w.-]+)(?::\d*)?$/i;
const LOOPBACK_NAME =
  /^(?:(?:.+\.)?localhost|localhost\.localdomain|localhost[46]|ip6-(?:localhost|loopback))$/;
const LOOPBACK_ADDRESS = /^(?:127\.|::1$|::ffff:7f[0-9a-f]{2}:)/;
const UNSPECIFIED = new Set(['0.0.0.0', '::']);

/**
 * The hosts that requests may be for where no token is asked for. A browser lends its place in the network to
 * every page that it shows: one whose name is made to resolve to this server is told apart by the `Host` that
 * it sends, and one that sends forms elsewhere by its `Origin`. No program other than a browser is bound by it.
 */
export class KnownHosts {
  readonly #listensOn: string;
  readonly #allowed: readonly string[];

  /**
   * @param listensOn host or address that the server listens on.
   * @param allowed entries of SWARMER_ALLOWED_HOSTS: names, addresses and `*.suffix`.
   */
  constructor(listensOn: string, allowed: readonly string[]) {
    this.#listensOn = plainName(listensOn);
    this.#allowed = allowed.map(plainName);
  }

  /** @throws ApiProblem 403 for a host that is not known, and for a write that a page of another origin sends. */
  check(request: IncomingMessage): void {
    for (const authority of authoritiesOf(request)) {
      const named = AUTHORITY.test(authority) ? urlOf(`http://${authority}`) : undefined;
      if (named === undefined || !this.#knows(plainName(named.hostname))) {
        throw unknownHost(authority);
      }
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') this.#checkOrigin(request);
  }

  #knows(name: string): boolean {
    const isAddress = isIP(name) !== 0;
    if (isAddress ? LOOPBACK_ADDRESS.test(name) : LOOPBACK_NAME.test(name)) return true;
    if (name === this.#listensOn || this.#allows(name)) return true;
    // Who listens on all addresses is asked by any of them: no name that resolves to it is one.
    return isAddress && UNSPECIFIED.has(this.#listensOn);
  }

  #allows(name: string): boolean {
    return this.#allowed.some((entry) =>
      entry.startsWith('*.') ? name.endsWith(entry.slice(1)) : name === entry,
    );
  }

  #checkOrigin({ headers }: IncomingMessage): void {
    const { origin, host = '', 'sec-fetch-site': site = 'none' } = headers;
    if (site !== 'none' && site !== 'same-origin') throw foreignOrigin(origin ?? `a ${site} page`);
    if (origin === undefined) return;
    const from = urlOf(origin);
    if (from === undefined) throw foreignOrigin(origin);
    if (from.host === urlOf(`${from.protocol}//${host}`)?.host) return;
    // A proxy in front of the server may have put another host in place of the one that the page is from.
    if (!this.#allows(plainName(from.hostname))) throw foreignOrigin(origin);
  }
}

/** All that a request names as its host: Node keeps the first `Host` of several, others may not. */
function authoritiesOf({ headersDistinct, url = '' }: IncomingMessage): string[] {
  const hosts = headersDistinct['host'] ?? [];
  if (url.startsWith('/') || url === '*') return hosts;
  return [...hosts, /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url)?.[1] ?? url];
}

function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function plainName(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}

function unknownHost(host: string): ApiProblem {
  const detail =
    `This server does not know the host ${JSON.stringify(host.slice(0, 100))}, and asks for no token: it answers ` +
    'only to loopback and to SWARMER_HOST. If the name is its own, add it to SWARMER_ALLOWED_HOSTS, or set tokens.';
  return new ApiProblem(403, detail);
}

function foreignOrigin(origin: string): ApiProblem {
  const detail =
    `This was sent by ${JSON.stringify(origin.slice(0, 100))}, a page that is not of this server, which asks for no ` +
    'token: nothing was done. If the page is its own, add its host to SWARMER_ALLOWED_HOSTS, or set tokens.';
  return new ApiProblem(403, detail);
}
