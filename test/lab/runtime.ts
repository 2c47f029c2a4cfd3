import type { LabNode } from './node.ts';
import { run } from './spawn.ts';

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

async function inNode({ init }: LabNode, script: string): Promise<void> {
  await run('nsenter', ['--target', String(init.pid), '--mount', '--pid', '/bin/sh', '-c', script]);
}
