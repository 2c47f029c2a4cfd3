import { isIPv6 } from 'node:net';

/** How an IPv6 address carries an IPv4 address: where, and by which bytes it is known that it does. */
interface Embedding {
  /** In hex, whole bytes. */
  prefix: string;
  /** Byte at which the prefix stands; 0 unless given. */
  from?: number;
  /** Places of the four bytes. */
  bytes: readonly [number, number, number, number];
  /** Each bit is turned round. */
  inverted?: true;
}

const LAST = [12, 13, 14, 15] as const;
const NAT64_LOCAL = '0064ff9b0001';

const EMBEDDINGS: readonly Embedding[] = [
  /** IPv4-mapped, RFC 4291 2.5.5.2. */
  { prefix: '00000000000000000000ffff', bytes: LAST },
  /** IPv4-compatible, RFC 4291 2.5.5.1. */
  { prefix: '000000000000000000000000', bytes: LAST },
  /** IPv4-translated, RFC 2765. */
  { prefix: '0000000000000000ffff0000', bytes: LAST },
  /** NAT64, RFC 6052. */
  { prefix: '0064ff9b0000000000000000', bytes: LAST },
  /** NAT64 for local use, RFC 8215, in each form of RFC 6052 2.2 that fits in: /96, /64, /56, /48. */
  { prefix: NAT64_LOCAL, bytes: LAST },
  { prefix: NAT64_LOCAL, bytes: [9, 10, 11, 12] },
  { prefix: NAT64_LOCAL, bytes: [7, 9, 10, 11] },
  { prefix: NAT64_LOCAL, bytes: [6, 7, 9, 10] },
  /** 6to4, RFC 3056. */
  { prefix: '2002', bytes: [2, 3, 4, 5] },
  /** Teredo, RFC 4380: its server, and the client behind it. */
  { prefix: '20010000', bytes: [4, 5, 6, 7] },
  { prefix: '20010000', bytes: LAST, inverted: true },
  /** ISATAP, RFC 5214 6.1, behind any prefix. */
  { prefix: '00005efe', from: 8, bytes: LAST },
  { prefix: '02005efe', from: 8, bytes: LAST },
];

/**
 * An IPv6 address and the IPv4 addresses that it stands for: traffic to `::ffff:127.0.0.1` or, behind
 * a gateway, to `64:ff9b::7f00:1` ends at 127.0.0.1. An IPv4 address gives itself. Pure.
 */
export function addressForms(address: string): string[] {
  const plain = address.replace(/%.*$/, '');
  if (!isIPv6(plain)) return [plain];
  const all = ipv6Bytes(plain);
  const hex = all.toString('hex');
  const embedded = EMBEDDINGS.filter(({ prefix, from = 0 }) => hex.startsWith(prefix, 2 * from));
  return [plain, ...embedded.map((it) => carried(all, it))];
}

function carried(all: Buffer, { bytes, inverted }: Embedding): string {
  const mask = inverted ? 0xff : 0;
  return bytes.map((at) => (all[at] ?? 0) ^ mask).join('.');
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
