import { BlockList, isIP } from 'node:net';
import { addressForms } from './ip-forms.ts';

/**
 * What callbacks may not reach unless the operator allows it: the machine itself, its link, and the
 * services with which clouds hand credentials to a machine. RFC 1918 networks are not here by
 * design: receivers commonly live there.
 */
const REFUSED: readonly { what: string; ranges: readonly string[] }[] = [
  { what: 'a loopback address', ranges: ['127.0.0.0/8', '::1/128'] },
  {
    what: 'a cloud metadata address',
    ranges: [
      '169.254.169.254/32',
      '100.100.100.200/32',
      '168.63.129.16/32',
      // Oracle's first cloud; of the others in it nothing is a receiver either (RFC 6890).
      '192.0.0.0/24',
      // Amazon: 254 is the metadata, 23 the credentials of EKS pods, 123 and 253 time and names.
      'fd00:ec2::/32',
      // Google, Oracle, Scaleway.
      'fd20:ce::254/128',
      'fd00:c1::a9fe:a9fe/128',
      'fd00:42::42/128',
    ],
  },
  { what: 'a link-local address', ranges: ['169.254.0.0/16', 'fe80::/10', 'fec0::/10'] },
  { what: 'an unspecified address', ranges: ['0.0.0.0/8', '::/128'] },
  { what: 'a multicast address', ranges: ['224.0.0.0/4', 'ff00::/8'] },
  { what: 'a broadcast or reserved address', ranges: ['240.0.0.0/4'] },
];

/** A named set of addresses. */
export interface AddressRange {
  what: string;
  list: BlockList;
}

/** The ranges refused by default, ready to be asked. The first that matches names the address. */
export function refusedRanges(): AddressRange[] {
  return REFUSED.map(({ what, ranges }) => ({ what, list: blockList(ranges) }));
}

/** A list of CIDRs and addresses. All must be valid by `isCidr`. */
export function blockList(ranges: Iterable<string>): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [net = '', bits] = range.split('/');
    const family = isIP(net) === 6 ? 'ipv6' : 'ipv4';
    list.addSubnet(net, bits === undefined ? fullLength(family) : Number(bits), family);
  }
  return list;
}

/** True for `10.0.0.0/8`, `::1/128` and plain addresses, without zones (`%eth0`). */
export function isCidr(text: string): boolean {
  const [net = '', bits, rest] = text.split('/');
  const family = isIP(net);
  if (family === 0 || net.includes('%') || rest !== undefined) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 6 ? 128 : 32);
}

/** True when the list holds the address, or an IPv4 address that it stands for. */
export function listHolds(list: BlockList, address: string): boolean {
  return addressForms(address).some((form) => list.check(form, isIP(form) === 6 ? 'ipv6' : 'ipv4'));
}

function fullLength(family: 'ipv4' | 'ipv6'): number {
  return family === 'ipv6' ? 128 : 32;
}
