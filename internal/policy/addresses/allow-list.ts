import { domainToASCII } from 'node:url';
import { blockList, isCidr, listHolds } from './refused-ranges.ts';

/** What the operator lets callbacks reach although it is refused by default. */
export interface AllowList {
  allowsHost(hostname: string): boolean;
  allowsAddress(address: string): boolean;
}

/** What domainToASCII would cut off without a word, so that `10.0.0.0/33` became `10.0.0.0`. */
const NO_NAME = /[/?#\\@:%*]/;
const NAME = /^(\*\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$/;

/**
 * Reads the entries of `SWARMER_CALLBACK_ALLOW`: addresses (`127.0.0.1`), CIDRs (`169.254.0.0/16`),
 * host names (`receiver.local`, whatever they resolve to) and `*.suffix` (every name below `suffix`,
 * not `suffix` itself).
 *
 * @throws Error that names every entry that is none of these.
 */
export function parseAllowList(entries: readonly string[]): AllowList {
  const written = entries.map((entry) => entry.trim()).filter((entry) => entry !== '');
  const wrong = written.filter((entry) => !isAllowEntry(entry));
  if (wrong.length > 0) throw new Error(wrongEntries(wrong));
  const wanted = written.map(normalName);
  const list = blockList(wanted.filter(isCidr));
  const names = wanted.filter((entry) => !isCidr(entry));
  return {
    allowsHost: (hostname) => names.some((name) => nameMatches(name, normalName(hostname))),
    allowsAddress: (address) => listHolds(list, address),
  };
}

function wrongEntries(wrong: readonly string[]): string {
  const list = wrong.map((entry) => JSON.stringify(entry)).join(', ');
  return (
    `SWARMER_CALLBACK_ALLOW: ${list} is no address, CIDR, host name or *.suffix. ` +
    'Write for example 127.0.0.1,10.0.0.0/8,receiver.local,*.internal (no ports, no URLs).'
  );
}

/** True for what can be an entry. */
export function isAllowEntry(entry: string): boolean {
  return isEntry(normalName(entry));
}

function isEntry(entry: string): boolean {
  return isCidr(entry) || isName(entry);
}

/** A last label of digits would be read as an IPv4 address by the URL parser, never as a name. */
function isName(entry: string): boolean {
  return NAME.test(entry) && !entry.includes('..') && !/(^|\.)(\d+|0x[0-9a-f]*)$/.test(entry);
}

function normalName(name: string): string {
  const lower = name.trim().toLowerCase();
  const ascii = NO_NAME.test(lower) ? lower : domainToASCII(lower) || lower;
  return ascii.replace(/\.$/, '');
}

function nameMatches(entry: string, hostname: string): boolean {
  return entry.startsWith('*.') ? hostname.endsWith(entry.slice(1)) : hostname === entry;
}
