import { overlap } from '../../internal/cli/install/subnets.ts';
import { run } from './spawn.ts';

/** Labs take their networks from the first that is free: private addresses, then RFC 2544's. */
const POOLS = ['10.213', '198.18'];

/** A shorter prefix is a default route in parts, as of a VPN: any network is below it. */
const SHORTEST_PREFIX = 8;

interface Route {
  dst: string;
}

/** Networks and addresses that this machine has a route of its own to, in any table. */
export async function routedNetworks(): Promise<string[]> {
  const text = await run('ip', ['-4', '-json', 'route', 'show', 'table', 'all']);
  return (JSON.parse(text) as Route[])
    .map(({ dst }) => (dst.includes('/') ? dst : `${dst}/32`))
    .filter((network) => Number(network.split('/')[1]) >= SHORTEST_PREFIX);
}

/** First three bytes of a /24 for the lab of this number that has no address in common with these. */
export function freeSubnet(number: number, routed: readonly string[]): string | undefined {
  const subnets = POOLS.map((pool) => `${pool}.${number}`);
  return subnets.find((subnet) => !routed.some((network) => overlap(`${subnet}.0/24`, network)));
}
