import type { LabNode } from './node.ts';
import { run } from './spawn.ts';

/** Bridges that an engine makes in its node's namespace, and does not make again when they vanish. */
const BRIDGES = ['docker0', 'docker_gwbridge'];

/** A bridge that was taken from a node, as it was. */
export interface TakenBridge {
  name: string;
  /** Such as `172.17.0.1/16`. */
  address: string;
  mac: string;
  /** The links of containers that were plugged into it. */
  ports: string[];
}

interface IpLink {
  ifname: string;
  address: string;
  master?: string;
  addr_info: { family: string; local: string; prefixlen: number }[];
}

/**
 * Deletes the bridges of a node's engine, as a restart of the machine's network does now and then: what runs
 * goes on without a network, and no container can be started.
 * @returns what {@link giveBridges} needs to put them back.
 */
export async function takeBridges(node: LabNode): Promise<TakenBridge[]> {
  const links = JSON.parse(await ip(node, '-json', 'addr', 'show')) as IpLink[];
  const taken = links.flatMap(({ ifname: name, address: mac, addr_info: addresses }) => {
    const own = addresses.find(({ family }) => family === 'inet');
    if (!BRIDGES.includes(name) || own === undefined) return [];
    const ports = links.filter(({ master }) => master === name).map(({ ifname }) => ifname);
    return [{ name, address: `${own.local}/${own.prefixlen}`, mac, ports }];
  });
  for (const { name } of taken) await ip(node, 'link', 'delete', name);
  return taken;
}

/** Puts back what {@link takeBridges} took, with the containers that are left plugged in. */
export async function giveBridges(node: LabNode, taken: readonly TakenBridge[]): Promise<void> {
  for (const { name, address, mac, ports } of taken) {
    await ip(node, 'link', 'add', name, 'address', mac, 'type', 'bridge');
    await ip(node, 'addr', 'add', address, 'dev', name);
    await ip(node, 'link', 'set', name, 'up');
    const links = JSON.parse(await ip(node, '-json', 'addr', 'show')) as IpLink[];
    const left = ports.filter((port) => links.some(({ ifname }) => ifname === port));
    for (const port of left) await ip(node, 'link', 'set', port, 'master', name);
  }
}

function ip(node: LabNode, ...args: string[]): Promise<string> {
  return run('nsenter', ['--target', String(node.init.pid), '--net', 'ip', ...args]);
}
