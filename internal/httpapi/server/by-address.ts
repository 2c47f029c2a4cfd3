import type { RequestListener } from 'node:http';
import { BlockList, isIP } from 'node:net';

interface SplitOptions {
  /** All endpoints. */
  users: RequestListener;
  /** What tasks need. */
  reports: RequestListener;
  /** Addresses of this machine and CIDRs of them: who comes to one of them is a task. */
  reportOnly: readonly string[];
}

/**
 * One port for users and tasks where both are on networks of their own, as in a stack: which network a
 * request came over shows by the address that it came to. A sender can forge its own address, not that.
 */
export function splitByAddress({ users, reports, reportOnly }: SplitOptions): RequestListener {
  if (reportOnly.length === 0) return users;
  const list = new BlockList();
  for (const entry of reportOnly) add(list, entry);
  return (request, response) => {
    const { localAddress = '' } = request.socket;
    const family = isIP(localAddress);
    // A connection that has broken meanwhile has no address: nobody gets the answer.
    const isTask = family === 0 || list.check(localAddress, family === 6 ? 'ipv6' : 'ipv4');
    (isTask ? reports : users)(request, response);
  };
}

function add(list: BlockList, entry: string): void {
  const [address = '', prefix] = entry.split('/');
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (prefix === undefined) list.addAddress(address, family);
  else list.addSubnet(address, Number(prefix), family);
}
