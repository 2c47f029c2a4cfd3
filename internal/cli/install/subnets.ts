import { isIPv4 } from 'node:net';

/** Whether two IPv4 networks have an address in common. What is no IPv4 network has none. */
export function overlap(a: string, b: string): boolean {
  const [one, other] = [rangeOf(a), rangeOf(b)];
  if (one === undefined || other === undefined) return false;
  return one.first <= other.last && other.first <= one.last;
}

/** The first and last address of a CIDR, as numbers. */
function rangeOf(cidr: string): { first: number; last: number } | undefined {
  const [address = '', prefix = ''] = cidr.split('/');
  if (!isIPv4(address) || !/^\d{1,2}$/.test(prefix) || Number(prefix) > 32) return undefined;
  const size = 2 ** (32 - Number(prefix));
  const value = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const first = Math.floor(value / size) * size;
  return { first, last: first + size - 1 };
}
