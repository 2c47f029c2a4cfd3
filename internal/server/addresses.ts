import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Clock } from '../clock/clock.ts';
import { type Settings, SettingsError } from '../config/index.ts';
import type { PolicySource } from '../policy/index.ts';

const LOOPBACK = '127.0.0.1';
const EVERYWHERE = '0.0.0.0';
/** The bridge over which tasks reach the host of their own node. */
const GATEWAY_BRIDGE = 'docker_gwbridge';

/** The addresses of this machine, by interface. */
export type Interfaces = Record<string, readonly string[]>;

export function localInterfaces(): Interfaces {
  const entries = Object.entries(networkInterfaces());
  return Object.fromEntries(
    entries.map(([name, list]) => [name, (list ?? []).map(({ address }) => address)]),
  );
}

/** Where users' requests are taken: without tokens anybody could submit, so only from this machine. */
export function apiHost({ host, apiTokens, accessFile }: Settings): string {
  const closed = apiTokens.length > 0 || accessFile !== undefined;
  return host ?? (closed ? EVERYWHERE : LOOPBACK);
}

/** @throws SettingsError when users and metrics would have to be served on one port. */
export function checkPorts(settings: Settings): void {
  const { port, metricsPort, metricsHost } = settings;
  const host = apiHost(settings);
  const everywhere = [host, metricsHost].some((it) => it === EVERYWHERE || it === '::');
  if (port === 0 || port !== metricsPort || (host !== metricsHost && !everywhere)) return;
  throw new SettingsError([
    `SWARMER_METRICS_PORT: ${metricsPort} is SWARMER_PORT too, and the API has /metrics there already; ` +
      'choose another one, for example SWARMER_METRICS_PORT=9500',
  ]);
}

/**
 * The base URL under which tasks reach the report endpoint; undefined when none is known.
 * @param port that the API listens on.
 * @param nodeAddress that the engine advertises; of use only when this machine has it.
 */
export function reportBaseUrl(
  settings: Settings,
  port: number,
  nodeAddress: string,
  interfaces: Interfaces,
): string | undefined {
  const { reportUrl, runnerHost, runnerPort } = settings;
  if (reportUrl !== undefined) return reportUrl;
  if (runnerHost !== undefined) return httpUrl(runnerHost, runnerPort ?? port);
  const bridge = interfaces[GATEWAY_BRIDGE]?.find((address) => isIP(address) === 4);
  const isOurs = Object.values(interfaces).flat().includes(nodeAddress);
  const address = isOurs && !isLoopback(nodeAddress) ? nodeAddress : bridge;
  return address === undefined ? undefined : httpUrl(address, runnerPort ?? port);
}

/**
 * Where reports have to be taken in addition to the API, because tasks do not reach that: undefined
 * when they do, or when the address is not one of this machine (a proxy then passes them on).
 */
export function reportListener(
  apiAddress: { host: string; port: number },
  baseUrl: string | undefined,
  interfaces: Interfaces,
): { host: string; port: number } | undefined {
  if (baseUrl === undefined || !isLoopback(apiAddress.host)) return undefined;
  const { hostname, port, protocol } = new URL(baseUrl);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (protocol !== 'http:' || isLoopback(host)) return undefined;
  const isOurs = Object.values(interfaces).flat().includes(host);
  return isOurs ? { host, port: Number(port || 80) } : undefined;
}

/**
 * Names by which tasks reach this server, and it Redis, an engine and where its traces go. A task of that name on
 * a network that it shares with them would be given what is for them: reports, passwords, tokens.
 */
export function ownHosts({ reportUrl, runnerHost, redis, engine, otlp }: Settings): string[] {
  const urls = [reportUrl, otlp?.endpoint, redis?.kind === 'url' ? redis.url : undefined];
  const hosts = [
    ...urls.map((url) => (url === undefined ? undefined : new URL(url).hostname)),
    ...(redis?.kind === 'sentinel' ? redis.sentinels.map(({ host }) => host) : []),
    ...[runnerHost, 'host' in engine ? engine.host : undefined],
  ];
  const names = hosts.flatMap((host) => (host === undefined ? [] : host.toLowerCase()));
  return [...new Set(names)].filter((name) => isIP(name.replace(/^\[|\]$/g, '')) === 0);
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function httpUrl(host: string, port: number): string {
  return `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/**
 * The gateways of a routing table (proc(5): /proc/net/route, addresses in hex, the lowest byte first). In a
 * container that of the default route is its node.
 */
export function gatewaysOf(routes: string): string[] {
  const addresses = routes.split('\n').flatMap((line) => {
    const [, destination, gateway = ''] = line.split('\t');
    const isDefault = destination === '00000000' && /^[0-9A-F]{8}$/.test(gateway);
    return isDefault ? [[...Buffer.from(gateway, 'hex')].reverse().join('.')] : [];
  });
  return addresses.filter((address) => address !== EVERYWHERE);
}

/** Of the node, if this process is in a container of Docker. */
function nodeAddresses(): string[] {
  return existsSync('/.dockerenv') ? gatewaysOf(readFileSync('/proc/net/route', 'utf8')) : [];
}

/** How long what the machine's addresses are is taken for true, in ms: they change, and are asked for often. */
const ADDRESSES_MS = 5000;

/**
 * The policy, by which no callback goes to this machine unless it is allowed: what listens on it may trust its own.
 * @param more addresses under which others reach it.
 */
export function sparingOwnMachine(
  policy: PolicySource,
  clock: Clock,
  more: readonly string[] = [],
): PolicySource {
  let known: { at: number; own: readonly string[] } | undefined;
  const own = () => {
    const now = clock.monotonic();
    if (known === undefined || now - known.at > ADDRESSES_MS) {
      const own = [...more, ...nodeAddresses(), ...Object.values(localInterfaces()).flat()];
      known = { at: now, own };
    }
    return known.own;
  };
  return {
    rulesOf(namespace) {
      const rules = policy.rulesOf(namespace);
      return { ...rules, callbacks: { ...rules.callbacks, own: own() } };
    },
  };
}
