import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { Refused } from './errors.ts';
import { commaList } from './texts.ts';

const NAME = /^(\*\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?$/i;

/** Reads what callbacks may reach although it is private: addresses, CIDRs, host names, `*.suffix`. */
export function callbackAllow(text: string): string[] {
  const entries = commaList(text);
  const wrong = entries.filter((entry) => !isAddressOrCidr(entry) && !isName(entry));
  if (wrong.length === 0) return entries;
  throw new Refused(
    ...wrong.map((entry) => `${JSON.stringify(entry)} is no address, CIDR, host name or *.suffix`),
  );
}

/** Reads host names, addresses and `*.suffix`. */
export function hosts(text: string): string[] {
  const entries = commaList(text);
  const wrong = entries.filter((entry) => isIP(entry) === 0 && !isName(entry));
  if (wrong.length === 0) return entries;
  throw new Refused(
    ...wrong.map(
      (entry) => `${JSON.stringify(entry)} is no host name, address or *.suffix (without a port)`,
    ),
  );
}

/** Reads addresses and CIDRs. */
export function networks(text: string): string[] {
  const entries = commaList(text);
  const wrong = entries.filter((entry) => !isAddressOrCidr(entry));
  if (wrong.length === 0) return entries;
  throw new Refused(...wrong.map((entry) => `${JSON.stringify(entry)} is no address and no CIDR`));
}

function isAddressOrCidr(entry: string): boolean {
  const [address = '', prefix, ...rest] = entry.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  const bits = family === 4 ? 32 : 128;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
}

/** A last label of digits would be read as an IPv4 address, never as a name. */
function isName(entry: string): boolean {
  const ascii = entry.startsWith('*.') ? entry : domainToASCII(entry);
  return NAME.test(ascii) && !ascii.includes('..') && !/(^|\.)(\d+|0x[0-9a-f]*)\.?$/i.test(ascii);
}
