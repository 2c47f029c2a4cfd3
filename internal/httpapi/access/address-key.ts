import { isIPv6 } from 'node:net';

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
/** Groups of an IPv6 address that name its network, of 64 bits: a host has as many addresses as it likes. */
const NETWORK_GROUPS = 4;

/** What the requests of one machine are counted under: its address, of IPv6 its network. */
export function addressKey(address: string): string {
  const [plain = ''] = address.split('%');
  const mapped = MAPPED.exec(plain)?.[1];
  if (mapped !== undefined) return mapped;
  return isIPv6(plain) ? groupsOf(plain).slice(0, NETWORK_GROUPS).join(':') : plain;
}

/** True for the addresses at which only programs of this machine are. */
export function isLoopback(address: string): boolean {
  const key = MAPPED.exec(address)?.[1] ?? address;
  return key === '::1' || key.startsWith('127.');
}

/** The first groups, with those filled in that `::` stands for. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = address.toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  return [...before, ...Array.from({ length: missing }, () => '0'), ...after];
}
