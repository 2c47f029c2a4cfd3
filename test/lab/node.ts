import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDockerd } from './dockerd.ts';
import { nodeAddress, plugNode } from './network.ts';
import { childrenOf, isAlive, type ProcessRef } from './process.ts';
import { lastLines, spawnGated } from './spawn.ts';
import { type LabState, recordProcess } from './state.ts';
import { GiveUp, waitFor } from './wait.ts';

/** A running node. Plain data, so that another process can be told of it. */
export interface LabNode {
  name: string;
  dir: string;
  /** The engine's API. */
  dockerSocket: string;
  /** On the lab's bridge; the engine advertises it. */
  address: string;
  hostname: string;
  /** Top-level cgroup of the node's containers. */
  cgroup: string;
  /** PID 1 of the node's namespaces: when it dies, all of the node dies. */
  init: ProcessRef;
  /** Further arguments of its engine. */
  engineArgs: readonly string[];
}

export interface NodeOptions {
  lab: LabState;
  /** Counted from 0. */
  index: number;
  dieWithOwner: boolean;
  engineArgs?: readonly string[];
}

/**
 * Starts a node: a PID 1 in namespaces of its own, a link to the lab's bridge, an engine. It is in
 * no swarm. Starting it again with the same index after its init died keeps the engine's data.
 */
export async function startNode(options: NodeOptions): Promise<LabNode> {
  const { lab, index, dieWithOwner, engineArgs = [] } = options;
  const name = `n${index + 1}`;
  const dir = join(lab.dir, name);
  const address = nodeAddress(lab, index);
  const hostname = `${lab.id}-${name}`;
  mkdirSync(dir, { recursive: true });
  const init = await startInit({ lab, name, dir, hostname, dieWithOwner });
  await plugNode(lab, { name, address, initPid: init.pid });
  const cgroup = `${lab.cgroupPrefix}${name}`;
  const dockerSocket = join(dir, 'docker.sock');
  const place = { name, dir, dockerSocket, address, hostname, cgroup };
  const node: LabNode = { ...place, init, engineArgs };
  await startDockerd(node);
  return node;
}

/** Root folder of the system whose engine nodes run; empty for this machine's. */
function engineRoot(): string {
  return process.env['SWARMER_LAB_ENGINE_ROOT'] ?? '';
}

interface InitOptions {
  lab: LabState;
  name: string;
  dir: string;
  hostname: string;
  dieWithOwner: boolean;
}

async function startInit({ lab, name, dir, ...options }: InitOptions): Promise<ProcessRef> {
  const log = join(dir, 'init.log');
  const ready = join(dir, 'ready');
  rmSync(ready, { force: true });
  writeFileSync(join(dir, 'resolv.conf'), 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n');
  const script = fileURLToPath(new URL('node-init.sh', import.meta.url));
  const namespaces = [
    '--net',
    '--mount',
    '--uts',
    '--pid',
    '--fork',
    '--kill-child',
    '--mount-proc',
  ];
  const supervisor = await spawnGated({
    command: 'unshare',
    args: [...namespaces, '/bin/sh', script, dir, options.hostname, engineRoot()],
    log,
    dieWithOwner: options.dieWithOwner,
    record: (ref) =>
      recordProcess(lab.dir, { ...ref, name: `${name}-supervisor`, role: 'node supervisor' }),
  });
  const init = await waitFor(
    () => {
      if (!isAlive(supervisor)) throw new GiveUp(`node ${name} did not start; ${lastLines(log)}`);
      return existsSync(ready) && childrenOf(supervisor.pid)[0];
    },
    { what: `node ${name} to be ready`, intervalMs: 5, detail: () => lastLines(log) },
  );
  recordProcess(lab.dir, { ...init, name: `${name}-init`, role: 'node init' });
  return init;
}
