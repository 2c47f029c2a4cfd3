import type { LabNode } from './node.ts';
import { run } from './spawn.ts';

/** Bridges that an engine makes in its node's namespace, and does not make again when they vanish. */
const BRIDGES = ['docker0', 'docker_gwbridge'];

/** A bridge that was taken from a node, with the address that it had. */
interface TakenBridge {
  name: string;
  address: string;
}

/**
 * Deletes the bridges of a node's engine, as a restart of the machine's network does now and then: what runs
 * goes on, and no container can be started.
 * @returns what {@link giveBridges} needs to put them back.
 */
export async function takeBridges(node: LabNode): Promise<TakenBridge[]> {
  const taken: TakenBridge[] = [];
  for (const name of BRIDGES) {
    const address = await addressOf(node, name);
    if (address === undefined) continue;
    await ip(node, 'link', 'delete', name);
    taken.push({ name, address });
  }
  return taken;
}

/** Puts back what {@link takeBridges} took. Ports that containers had there are lost. */
export async function giveBridges(node: LabNode, taken: readonly TakenBridge[]): Promise<void> {
  for (const { name, address } of taken) {
    await ip(node, 'link', 'add', name, 'type', 'bridge');
    await ip(node, 'addr', 'add', address, 'dev', name);
    await ip(node, 'link', 'set', name, 'up');
  }
}

/** Such as `172.17.0.1/16`; undefined when there is no such bridge. */
async function addressOf(node: LabNode, name: string): Promise<string | undefined> {
  const lines = (await ip(node, '-4', '-oneline', 'addr', 'show')).split('\n');
  const line = lines.find((text) => text.split(/\s+/)[1] === name);
  return / inet (\S+)/.exec(line ?? '')?.[1];
}

function ip(node: LabNode, ...args: string[]): Promise<string> {
  return run('nsenter', ['--target', String(node.init.pid), '--net', 'ip', ...args]);
}
