import type { Rules } from '../rules.ts';
import { parseAllowList } from './allow-list.ts';
import { blockList, isCidr, listHolds, refusedRanges } from './refused-ranges.ts';

const RANGES = refusedRanges();

/** Which rule refuses that a callback to `host` reaches `address`, and why; undefined when none does. */
export function addressRefusal(
  callbacks: Rules['callbacks'],
  host: string,
  address: string,
): { rule: string; wrong: string; allowed: string } | undefined {
  const { networks } = callbacks;
  if (networks !== undefined && !listHolds(blockList(networks), address)) {
    const wrong = `${address} is in no network that callbacks may reach`;
    return { rule: 'callbacks.networks', wrong, allowed: networks.join(', ') || 'nothing' };
  }
  const what = whatIsRefused(callbacks.own ?? [], address);
  if (what === undefined) return undefined;
  const opened = parseAllowList(callbacks.private);
  if (opened.allowsHost(host) || opened.allowsAddress(address)) return undefined;
  const allowed = 'addresses of other machines, and what SWARMER_CALLBACK_ALLOW opens';
  return { rule: 'callbacks.private', wrong: `${address} is ${what}`, allowed };
}

function whatIsRefused(own: readonly string[], address: string): string | undefined {
  const range = RANGES.find(({ list }) => listHolds(list, address));
  if (range !== undefined) return range.what;
  return listHolds(blockList(own.filter(isCidr)), address)
    ? 'an address of this machine'
    : undefined;
}
