import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { type AllowList, parseAllowList } from './allow-list.ts';
import { listHolds, refusedRanges } from './refused-ranges.ts';

/** Resolves a name to all its addresses, as `dns.lookup` does with `all`. */
export type ResolveAll = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** A callback would have reached an address that is refused. */
export class RefusedAddressError extends Error {
  readonly code = 'ERR_CALLBACK_ADDRESS_REFUSED';

  constructor(hostname: string, found: readonly string[]) {
    super(
      `The callback to ${hostname} is refused: ${found.join(', ')}. If it is meant, add the address ` +
        `or ${JSON.stringify(hostname)} to SWARMER_CALLBACK_ALLOW.`,
    );
    this.name = 'RefusedAddressError';
  }
}

/** Decides which addresses callbacks reach. */
export interface AddressGuard {
  /**
   * Checks a host that is an IP literal; names pass, `lookup` checks those. Needed apart because
   * `net.connect` calls no lookup for a literal.
   * @throws RefusedAddressError
   */
  checkLiteral(hostname: string): void;
  /**
   * The lookup to connect with: it gives only addresses that may be reached, so the address that was
   * checked is the one connected to, whatever the name resolves to a moment later.
   */
  lookup: LookupFunction;
}

/**
 * Makes the guard.
 * @param allow entries of `SWARMER_CALLBACK_ALLOW`.
 * @param resolve replaces `dns.lookup`, for tests.
 * @throws Error as `parseAllowList` does.
 */
export function createAddressGuard(
  allow: readonly string[],
  resolve: ResolveAll = systemLookup,
): AddressGuard {
  const refusal = refusalOf(parseAllowList(allow));
  return {
    checkLiteral(hostname) {
      const found = isIP(hostname) === 0 ? undefined : refusal(hostname, hostname);
      if (found !== undefined) throw new RefusedAddressError(hostname, [found]);
    },
    lookup: guardedLookup(refusal, resolve),
  };
}

/** Says why an address is refused; undefined when it may be reached. */
type Refusal = (hostname: string, address: string) => string | undefined;

function refusalOf(allowed: AllowList): Refusal {
  const ranges = refusedRanges();
  return (hostname, address) => {
    const range = ranges.find(({ list }) => listHolds(list, address));
    if (range === undefined) return undefined;
    if (allowed.allowsHost(hostname) || allowed.allowsAddress(address)) return undefined;
    return `${address} is ${range.what}`;
  };
}

function guardedLookup(refusal: Refusal, resolve: ResolveAll): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const open = addresses.filter(({ address }) => refusal(hostname, address) === undefined);
      const [first] = open;
      if (first === undefined) {
        const found = addresses.flatMap(({ address }) => refusal(hostname, address) ?? []);
        return callback(new RefusedAddressError(hostname, orNoAddress(found)), []);
      }
      // net asks for one address or for all of them, depending on autoSelectFamily.
      return options.all ? callback(null, open) : callback(null, first.address, first.family);
    });
  };
}

function orNoAddress(found: string[]): string[] {
  return found.length === 0 ? ['the name has no address'] : found;
}
