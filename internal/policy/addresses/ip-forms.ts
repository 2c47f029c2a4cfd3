import { isIPv6 } from 'node:net';

/** Where an IPv6 prefix (in hex, whole bytes) carries an IPv4 address. */
const EMBEDDINGS: readonly { prefix: string; at: number }[] = [
  /** IPv4-mapped, RFC 4291 2.5.5.2. */
  { prefix: '00000000000000000000ffff', at: 12 },
  /** IPv4-compatible, RFC 4291 2.5.5.1. */
  { prefix: '000000000000000000000000', at: 12 },
  /** IPv4-translated, RFC 2765. */
  { prefix: '0000000000000000ffff0000', at: 12 },
  /** NAT64, RFC 6052. */
  { prefix: '0064ff9b0000000000000000', at: 12 },
  /** NAT64 for local use, RFC 8215, in its /96 form. */
  { prefix: '0064ff9b0001', at: 12 },
  /** 6to4, RFC 3056. */
  { prefix: '2002', at: 2 },
];

/**
 * An IPv6 address and the IPv4 addresses that it stands for: traffic to `::ffff:127.0.0.1` or, behind
 * a gateway, to `64:ff9b::7f00:1` ends at 127.0.0.1. An IPv4 address gives itself. Pure.
 */
export function addressForms(address: string): string[] {
  const plain = address.replace(/%.*$/, '');
  if (!isIPv6(plain)) return [plain];
  const bytes = ipv6Bytes(plain);
  const hex = bytes.toString('hex');
  const embedded = EMBEDDINGS.filter(({ prefix }) => hex.startsWith(prefix)).map(({ at }) =>
    bytes.subarray(at, at + 4).join('.'),
  );
  return [plain, ...embedded];
}

/** The 16 bytes of a valid IPv6 address. */
function ipv6Bytes(address: string): Buffer {
  const [left = '', right] = withoutDots(address).split('::');
  const head = groups(left);
  const tail = groups(right ?? '');
  const zeros = Array<string>(8 - head.length - tail.length).fill('0');
  const all = right === undefined ? head : [...head, ...zeros, ...tail];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function groups(part: string): string[] {
  return part === '' ? [] : part.split(':');
}

/** Writes a dotted end (`::ffff:127.0.0.1`) as two groups. */
function withoutDots(address: string): string {
  return address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const hex = Buffer.from(parts.slice(0, 4).map(Number)).toString('hex');
    return `${hex.slice(0, 4)}:${hex.slice(4)}`;
  });
}
