import { join } from 'node:path';
import type { LabNode } from './node.ts';
import { run } from './spawn.ts';
import { engineOf } from './swarm.ts';

/**
 * Takes a node its runtime, as a broken upgrade does: what runs goes on, and no container is started. Other
 * nodes have the same program and keep it.
 */
export async function takeRuntime(node: LabNode): Promise<void> {
  await inNode(node, 'mount --bind /dev/null "$(readlink -f "$(command -v runc)")"');
}

/** Ends {@link takeRuntime}. */
export async function giveRuntime(node: LabNode): Promise<void> {
  await inNode(node, 'umount "$(awk \'$5 ~ /\\/runc$/ { print $5 }\' /proc/self/mountinfo)"');
}

/**
 * Stops the shim of a container: its process runs on, and no signal of the engine gets to it.
 * @param containerId of the node.
 * @returns what lets the engine go on with it.
 */
export async function stopShim(node: LabNode, containerId: string): Promise<() => Promise<void>> {
  const { State } = await engineOf(node).getContainer(containerId).inspect();
  const shim = `$(awk '/^PPid:/ { print $2 }' /proc/${State.Pid}/status)`;
  await inNode(node, `kill -STOP ${shim}`);
  return () => inNode(node, `kill -CONT ${shim}`);
}

/** Takes the room for the layers of new containers on a node: what runs goes on, and none is prepared. */
export async function fillLayers(node: LabNode): Promise<void> {
  // Its one inode is its own.
  await inNode(node, `mount -t tmpfs -o nr_inodes=1 full "${layersOf(node)}"`);
}

/** Ends {@link fillLayers}. */
export async function emptyLayers(node: LabNode): Promise<void> {
  await inNode(node, `umount "${layersOf(node)}"`);
}

function layersOf({ dir }: LabNode): string {
  return join(dir, 'data/image/overlay2/layerdb/mounts');
}

async function inNode({ init }: LabNode, script: string): Promise<void> {
  await run('nsenter', ['--target', String(init.pid), '--mount', '--pid', '/bin/sh', '-c', script]);
}
