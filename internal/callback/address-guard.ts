import { isIP, type LookupFunction } from 'node:net';
import { addressRefusal, allowsHost, type PolicySource, type Rules } from '../policy/index.ts';
import type { ResolveAll } from './resolver.ts';

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
   * Checks the name of a host, and a host that is an IP literal; what names resolve to, `lookup`
   * checks. Needed apart because `net.connect` calls no lookup for a literal.
   * @throws RefusedAddressError
   */
  checkHost(hostname: string): void;
  /**
   * The lookup to connect with: it gives only addresses that may be reached, so the address that was
   * checked is the one connected to, whatever the name resolves to a moment later.
   */
  lookup: LookupFunction;
}

/** The guard of the callbacks of a namespace, by the rules that hold now. */
export type GuardOf = (namespace: string) => AddressGuard;

export function addressGuards(policy: PolicySource, resolve: ResolveAll): GuardOf {
  return (namespace) => {
    const { callbacks } = policy.rulesOf(namespace);
    const refusal = refusalOf(callbacks);
    return {
      checkHost(hostname) {
        const found = hostRefusal(callbacks, hostname) ?? literalRefusal(refusal, hostname);
        if (found !== undefined) throw new RefusedAddressError(hostname, [found]);
      },
      lookup: guardedLookup(refusal, resolve),
    };
  };
}

/** Says why an address is refused; undefined when it may be reached. */
type Refusal = (hostname: string, address: string) => string | undefined;

function refusalOf(callbacks: Rules['callbacks']): Refusal {
  return (hostname, address) => addressRefusal(callbacks, hostname, address)?.wrong;
}

function hostRefusal({ hosts }: Rules['callbacks'], hostname: string): string | undefined {
  if (allowsHost(hosts, hostname)) return undefined;
  return "the operator's policy (callbacks.hosts) does not let callbacks go there";
}

function literalRefusal(refusal: Refusal, hostname: string): string | undefined {
  return isIP(hostname) === 0 ? undefined : refusal(hostname, hostname);
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
