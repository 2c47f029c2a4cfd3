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
  const peer = `peer name eth0 address ${hardwareAddress(node.address)} netns ${netns}`;
  await run('ip', `link add ${outer} type veth ${peer}`.split(' '));
  await run('ip', ['link', 'set', outer, 'master', lab.bridge, 'up']);
  await inside('address', 'add', `${node.address}/24`, 'dev', 'eth0');
  await inside('link', 'set', 'eth0', 'up');
}

/** A node keeps it when it is revived, as a machine does: the others still have it in their tables. */
function hardwareAddress(address: string): string {
  const bytes = address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
  return ['02', '00', ...bytes].join(':');
}

/**
 * Takes the node's port of the bridge down or up: nothing gets in or out while it is down. Both ends
 * of the veth keep their addresses and routes.
 */
export async function setPlugged(lab: LabNames, nodeName: string, plugged: boolean): Promise<void> {
  await run('ip', ['link', 'set', `${lab.linkPrefix}${nodeName}`, plugged ? 'up' : 'down']);
}

/** Removes the link of a node that has ended, so that a new one can take its name. */
export async function unplugNode(lab: LabNames, nodeName: string): Promise<void> {
  const link = `${lab.linkPrefix}${nodeName}`;
  if (labLinks(lab).includes(link)) await removeLink(link);
}

/** The lab's links in the root namespace. */
function labLinks(lab: LabNames): string[] {
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
