import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, type ProcessRef } from './process.ts';
import { lastLines, run, spawnGated } from './spawn.ts';
import { type LabNames, type LabState, readProcesses, recordProcess } from './state.ts';
import { GiveUp, waitFor } from './wait.ts';

/** The bridge and the end of the test process's link, in the lab's namespace. */
const BRIDGE = 'bridge';
const HOST_PORT = 'host';

/** Runs `ip` in one namespace. */
type Ip = (...args: string[]) => Promise<string>;

const ownIp: Ip = (...args) => run('ip', args);

function ipOf({ pid }: { pid: number }): Ip {
  return (...args) => run('nsenter', ['--target', String(pid), '--net', 'ip', ...args]);
}

/**
 * Makes the lab's bridge in a network namespace of its own, so that no rule and no setting of this
 * machine is between the nodes. The test process has a port of it too, as `hostAddress`: what comes to
 * it is input, nothing is forwarded.
 */
export async function createNetwork(
  lab: LabState,
  { dieWithOwner }: { dieWithOwner: boolean },
): Promise<void> {
  const namespace = await startNamespace(lab, dieWithOwner);
  const inside = ipOf(namespace);
  const link = `${lab.linkPrefix}host`;
  await inside('link', 'add', BRIDGE, 'type', 'bridge');
  await inside('link', 'set', BRIDGE, 'up');
  const peer = ['peer', 'name', HOST_PORT, 'netns', String(namespace.pid)];
  await ownIp('link', 'add', link, 'type', 'veth', ...peer);
  await inside('link', 'set', HOST_PORT, 'master', BRIDGE, 'up');
  await ownIp('address', 'add', `${lab.hostAddress}/24`, 'dev', link);
  await ownIp('link', 'set', link, 'up');
}

/** A process that does nothing keeps the namespace: with it go the bridge and both ends of its links. */
async function startNamespace(lab: LabState, dieWithOwner: boolean): Promise<ProcessRef> {
  const log = join(lab.dir, 'network.log');
  const holder = await spawnGated({
    command: 'unshare',
    args: ['--net', 'sleep', 'infinity'],
    log,
    dieWithOwner,
    record: (ref) => recordProcess(lab.dir, { ...ref, name: 'network', role: 'network' }),
  });
  const own = readlinkSync('/proc/self/ns/net');
  const apart = () => {
    if (!isAlive(holder)) throw new GiveUp(`the lab has no network; ${lastLines(log)}`);
    return readlinkSync(`/proc/${holder.pid}/ns/net`) !== own;
  };
  await waitFor(apart, { what: 'the network namespace of the lab', intervalMs: 5 });
  return holder;
}

/** The process that keeps the namespace of the lab's bridge. */
function namespaceOf(lab: LabNames): ProcessRef {
  const holder = readProcesses(lab.dir).find(({ role }) => role === 'network');
  if (!holder || !isAlive(holder)) throw new Error(`the network of ${lab.id} is gone`);
  return holder;
}

/** Address of the lab's n-th node, counted from 0. */
export function nodeAddress(lab: LabState, index: number): string {
  return `${lab.subnet}.${index + 11}`;
}

/**
 * Gives a node's network namespace its `eth0`: one end of a veth pair whose other end is a port of
 * the lab's bridge, of the node's name. There is no default route, so that an address outside fails
 * at once.
 */
export async function plugNode(
  lab: LabState,
  node: { name: string; address: string; initPid: number },
): Promise<void> {
  const bridgeIp = ipOf(namespaceOf(lab));
  const nodeIp = ipOf({ pid: node.initPid });
  const peer = `peer name eth0 address ${hardwareAddress(node.address)} netns ${node.initPid}`;
  await bridgeIp(...`link add ${node.name} type veth ${peer}`.split(' '));
  await bridgeIp('link', 'set', node.name, 'master', BRIDGE, 'up');
  await nodeIp('address', 'add', `${node.address}/24`, 'dev', 'eth0');
  await nodeIp('link', 'set', 'eth0', 'up');
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
  await ipOf(namespaceOf(lab))('link', 'set', nodeName, plugged ? 'up' : 'down');
}

/** Removes the port of a node that has ended, so that a new one can take its name. */
export async function unplugNode(lab: LabNames, nodeName: string): Promise<void> {
  await removeLink(ipOf(namespaceOf(lab)), nodeName);
}

/** Removes the lab's links from this process's namespace and returns their names. */
export async function removeLinks(lab: LabNames): Promise<string[]> {
  const removed: string[] = [];
  for (const link of await linksOf(ownIp)) {
    if (link.startsWith(lab.linkPrefix) && (await removeLink(ownIp, link))) removed.push(link);
  }
  return removed;
}

/** A veth vanishes with the namespace of its other end, maybe just now: that one is not ours to remove. */
async function removeLink(ip: Ip, link: string): Promise<boolean> {
  try {
    await ip('link', 'delete', link);
    return true;
  } catch (error) {
    if (!(await linksOf(ip)).includes(link)) return false;
    throw error;
  }
}

/** The names of all links of a namespace. */
async function linksOf(ip: Ip): Promise<string[]> {
  const links = JSON.parse(await ip('-json', 'link')) as { ifname: string }[];
  return links.map(({ ifname }) => ifname);
}
