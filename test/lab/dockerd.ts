import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import type { LabNode } from './node.ts';
import { childrenOf, endProcess, isAlive, type ProcessRef } from './process.ts';
import { lastLines, run } from './spawn.ts';
import { GiveUp, waitFor } from './wait.ts';

/**
 * Starts the node's engine and awaits its API. The engine is a child of the node's init, whoever
 * starts it, and dies with it.
 *
 * @throws Error with the last lines of the engine's log when it dies or does not answer in 30 s.
 */
export async function startDockerd(node: LabNode): Promise<void> {
  rmSync(node.dockerSocket, { force: true });
  const inNode = ['--target', String(node.init.pid), '--net', '--mount', '--uts', '--pid'];
  const background = 'log=$1; shift; rm -f /run/docker.pid; setsid "$@" </dev/null >>"$log" 2>&1 &';
  const log = dockerdLog(node);
  const command = ['/bin/sh', '-c', background, 'start', log, 'dockerd', ...dockerdArgs(node)];
  await run('nsenter', [...inNode, ...command]);
  const engine = new Docker({ socketPath: node.dockerSocket });
  const detail = () => lastLines(log);
  const what = `dockerd of ${node.hostname}`;
  const started = await waitFor(() => findDockerd(node), { what, timeoutMs: 2000, detail });
  await waitFor(
    async () => {
      if (!isAlive(started)) throw new GiveUp(`${what} died; ${detail()}`);
      await engine.ping();
      return true;
    },
    { what: `${what} to answer`, timeoutMs: 30_000, detail },
  );
}

/**
 * Ends the node's engine only: SIGTERM stops it in order, its containers with it; SIGKILL leaves
 * containerd and the containers running, as a crash would.
 */
export async function stopDockerd(node: LabNode, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const engine = findDockerd(node);
  if (!engine)
    throw new Error(`no dockerd runs on ${node.hostname}; ${lastLines(dockerdLog(node))}`);
  await endProcess(engine, `dockerd of ${node.hostname}`, { signal, timeoutMs: 60_000 });
}

function dockerdLog(node: LabNode): string {
  return join(node.dir, 'dockerd.log');
}

/** The node's running engine, if one runs. */
export function findDockerd(node: LabNode): ProcessRef | undefined {
  return isAlive(node.init) ? childrenOf(node.init.pid, 'dockerd')[0] : undefined;
}

function dockerdArgs(node: LabNode): string[] {
  return [
    ...['--host', `unix://${node.dockerSocket}`],
    // Where services on the node expect it; in the node's private /run.
    ...['--host', 'unix:///run/docker.sock'],
    ...['--data-root', join(node.dir, 'data')],
    // /run is private to the node, and short enough for the paths of unix sockets.
    ...['--exec-root', '/run/docker', '--pidfile', '/run/docker.pid'],
    ...['--cgroup-parent', `/${node.cgroup}`, '--exec-opt', 'native.cgroupdriver=cgroupfs'],
    // A container's own loopback: names outside fail at once, as they do for the engine.
    ...['--dns', '127.0.0.1'],
    '--userland-proxy=false',
    ...node.engineArgs,
    // The lab's registry, on its bridge, has no certificate.
    ...['--insecure-registry', `${node.address.replace(/\d+$/, '0')}/24`],
  ];
}
