import { networkInterfaces } from 'node:os';
import { readdirSync } from 'node:fs';
import { run } from './spawn.ts';
import type { LabNames } from './state.ts';

/** Makes the lab's bridge in the root namespace; the test process is its first address. */
export async function createBridge(lab: LabNames): Promise<void> {
  await run('ip', ['link', 'add', lab.bridge, 'type', 'bridge']);
  await run('ip', ['address', 'add', `${lab.hostAddress}/24`, 'dev', lab.bridge]);
  await run('ip', ['link', 'set', lab.bridge, 'up']);
}

/** Address of the lab's n-th node, counted from 0. */
export function nodeAddress(lab: LabNames, index: number): string {
  return `${lab.subnet}.${index + 11}`;
}

/**
 * Gives a node's network namespace its `eth0`: one end of a veth pair whose other end is a port of
 * the lab's bridge. There is no default route, so that an address outside fails at once.
 */
export async function plugNode(
  lab: LabNames,
  node: { name: string; address: string; initPid: number },
): Promise<void> {
  const outer = `${lab.linkPrefix}${node.name}`;
  const netns = String(node.initPid);
  const inside = (...args: string[]) => run('nsenter', ['--target', netns, '--net', 'ip', ...args]);
  await run('ip', `link add ${outer} type veth peer name eth0 netns ${netns}`.split(' '));
  await run('ip', ['link', 'set', outer, 'master', lab.bridge, 'up']);
  await inside('address', 'add', `${node.address}/24`, 'dev', 'eth0');
  await inside('link', 'set', 'eth0', 'up');
}

/** The lab's links in the root namespace. */
export function labLinks(lab: LabNames): string[] {
  return readdirSync('/sys/class/net').filter((name) => name.startsWith(lab.linkPrefix));
}

/** Removes the lab's links from the root namespace and returns their names. */
export async function removeLinks(lab: LabNames): Promise<string[]> {
  const removed: string[] = [];
  for (const link of labLinks(lab)) {
    if (await removeLink(link)) removed.push(link);
  }
  return removed;
}

/** A veth vanishes with its node's namespace, maybe just now: that one is not ours to remove. */
async function removeLink(link: string): Promise<boolean> {
  try {
    await run('ip', ['link', 'delete', link]);
    return true;
  } catch (error) {
    if (!readdirSync('/sys/class/net').includes(link)) return false;
    throw error;
  }
}

/** True when the address is one of this machine's root namespace. */
export function hasAddress(address: string): boolean {
  return Object.values(networkInterfaces()).some((list) =>
    list?.some((entry) => entry.address === address),
  );
}
