import type { LookupAddress, LookupOptions } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Clock } from '../clock/clock.ts';
import { untilAborted } from '../clock/until-aborted.ts';
import { NameFiles } from './name-files.ts';

/** Resolves a name to all its addresses, as `dns.lookup` does with `all`. */
export type ResolveAll = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export interface ResolverOptions {
  clock: Clock;
  /** Ms for a name in all; below `connectMs`, which it is a part of, so that the error names DNS. */
  totalMs?: number;
  /** Ms until a question is put to the next server, or anew. */
  tryMs?: number;
  /** How often each server is asked. */
  tries?: number;
  /** `/etc/hosts` and `/etc/resolv.conf` unless told. */
  files?: { hosts: string; resolvConf: string };
  /** `address:port` of DNS servers in place of those of `/etc/resolv.conf`. */
  servers?: readonly string[];
}

/** Once one family has answered, ms that the other one still gets. */
const OTHER_FAMILY_MS = 300;
/** What c-ares says where a name is not there, or has no address of that family. */
const ABSENT = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME']);

/** A name has no address, or none could be had. Codes are those of `dns.lookup`, and `ETIMEOUT`. */
class NameError extends Error {
  readonly code: 'ENOTFOUND' | 'EAI_AGAIN' | 'ETIMEOUT';

  constructor(code: NameError['code'], name: string) {
    super(`resolve ${code} ${name}`);
    this.code = code;
  }
}

/**
 * Resolves names that users chose. `dns.lookup` asks the C library, which holds one of libuv's few
 * threads for as long as a name server keeps silent; the engine's name, that of Redis and every
 * file would then wait behind the names of a tenant. c-ares waits in the event loop. What the C library
 * takes from files is kept: `/etc/hosts`, the servers, `search` and `ndots` of `/etc/resolv.conf`.
 */
export function createResolver(options: ResolverOptions): ResolveAll {
  const { hosts, resolvConf } = options.files ?? {
    hosts: '/etc/hosts',
    resolvConf: '/etc/resolv.conf',
  };
  const files = new NameFiles(hosts, resolvConf);
  return (name, { family }, callback) => {
    const wanted = (address: string) => isOf(family, address);
    resolveName(name, wanted, files, options).then(
      (addresses) => callback(null, inOrder(addresses).map(lookupAddress)),
      (error: unknown) => callback(error as NameError, []),
    );
  };
}

type Wanted = (address: string) => boolean;

async function resolveName(
  name: string,
  wanted: Wanted,
  files: NameFiles,
  options: ResolverOptions,
): Promise<string[]> {
  const listed = files.addressesOf(name).filter(wanted);
  if (listed.length > 0) return listed;
  // RFC 6761: it is this machine's and no question to DNS.
  if (/(^|\.)localhost\.?$/i.test(name)) return ['127.0.0.1', '::1'].filter(wanted);
  const { clock, totalMs = 4000, tryMs = 1000, tries = 2, servers } = options;
  // One of its own for each name: cancelling it ends this name's questions only.
  const resolver = new Resolver({ timeout: tryMs, tries });
  if (servers !== undefined) resolver.setServers(servers);
  let late = false;
  const stop = clock.after(totalMs, () => {
    late = true;
    resolver.cancel();
  });
  try {
    return await firstOf(name, files.candidatesOf(name), (candidate) =>
      askBoth(resolver, candidate, wanted, clock),
    );
  } catch (error) {
    throw late ? new NameError('ETIMEOUT', name) : error;
  } finally {
    stop();
    resolver.cancel();
  }
}

/** Goes on to the next candidate only from one that is not there, or whose zone is broken, as glibc does. */
async function firstOf(
  name: string,
  candidates: string[],
  ask: (candidate: string) => Promise<Answer>,
): Promise<string[]> {
  let broken = false;
  for (const candidate of candidates) {
    const { addresses, failures } = await ask(candidate);
    if (addresses.length > 0) return addresses;
    const failure = failures.find((code) => code !== 'ESERVFAIL');
    if (failure !== undefined) {
      throw new NameError(failure === 'ETIMEOUT' ? 'ETIMEOUT' : 'EAI_AGAIN', name);
    }
    broken ||= failures.length > 0;
  }
  throw new NameError(broken ? 'EAI_AGAIN' : 'ENOTFOUND', name);
}

interface Answer {
  addresses: string[];
  /** Codes of c-ares other than that there is nothing. */
  failures: string[];
}

/** Asks for both families at once. A server that keeps silent about one delays the other a moment only. */
async function askBoth(
  resolver: Resolver,
  name: string,
  wanted: Wanted,
  clock: Clock,
): Promise<Answer> {
  const answer: Answer = { addresses: [], failures: [] };
  const enough = new AbortController();
  let stopWaiting: (() => void) | undefined;
  const ask = async (question: Promise<string[]>) => {
    try {
      answer.addresses.push(...(await question).filter(wanted));
    } catch (error) {
      const code = codeOf(error);
      if (!ABSENT.has(code)) answer.failures.push(code);
    }
    if (answer.addresses.length === 0) return;
    stopWaiting ??= clock.after(OTHER_FAMILY_MS, () => enough.abort());
  };
  const both = [ask(resolver.resolve4(name)), ask(resolver.resolve6(name))];
  await untilAborted(Promise.all(both), enough.signal);
  stopWaiting?.();
  return answer;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

function isOf(family: LookupOptions['family'], address: string): boolean {
  if (family === 4 || family === 'IPv4') return !isIPv6(address);
  if (family === 6 || family === 'IPv6') return isIPv6(address);
  return true;
}

/** IPv6 first where this machine has an address of it that reaches further than its link. */
function inOrder(addresses: readonly string[]): string[] {
  const own = Object.values(networkInterfaces()).flatMap((some) => some ?? []);
  const reaches = own.some(
    ({ family, internal, address }) =>
      family === 'IPv6' && !internal && !/^fe[89ab]/i.test(address),
  );
  const six = addresses.filter((address) => isIPv6(address));
  const four = addresses.filter((address) => !isIPv6(address));
  return reaches ? [...six, ...four] : [...four, ...six];
}

function lookupAddress(address: string): LookupAddress {
  return { address, family: isIPv6(address) ? 6 : 4 };
}
