import type { TaskRecord } from './task-record.ts';

/** Why a node starts no container, whatever it is given: no bridge, no runtime, or a full disk. */
export type NodeTrouble = 'bridge' | 'disk' | 'runtime';

/** What Engine 20.10 says of a start that fails, in state `failed`. */
export interface FailedStart {
  words: string;
  exitCode: number;
}

/** A layer that cannot be made (moby 36473): state `rejected`, and there is no container. */
export function noSpace({ id }: TaskRecord): string {
  return `mkdir /var/lib/docker/overlay2/${id}-init: no space left on device`;
}

/** An engine that makes a container a second time, as it ended before it had noted the first. */
export function nameTaken({ name }: TaskRecord, containerId: string): string {
  return `Conflict. The container name "/${name}" is already in use by container "${containerId}". You have to remove (or rename) that container to be able to reuse that name.`;
}

/** Of a node with this trouble; undefined where it starts. */
export function startFailure(
  trouble: NodeTrouble | undefined,
  task: TaskRecord,
): FailedStart | undefined {
  switch (trouble) {
    case 'bridge':
      // The engine's code for every failure that it does not take for the program's.
      return { words: bridgeMissing(task), exitCode: 128 };
    case 'runtime':
      // It reads "no such file", and takes that for the job's command.
      return { words: NO_RUNTIME, exitCode: 127 };
    default:
      return undefined;
  }
}

const NO_RUNTIME =
  'failed to create shim task: OCI runtime create failed: unable to retrieve OCI runtime error (open /run/containerd/io.containerd.runtime.v2.task/moby/0/log.json: no such file or directory): fork/exec /usr/sbin/runc: permission denied: unknown';

function bridgeMissing({ name, service }: TaskRecord): string {
  const attached = service.Spec.TaskTemplate.Networks !== undefined;
  const bridge = attached ? 'docker_gwbridge' : 'docker0';
  const missing = `could not find bridge ${bridge}: route ip+net: no such network interface`;
  const adding = `adding interface veth0000000 to bridge ${bridge} failed: ${missing}`;
  return attached
    ? `container ${name}: endpoint create on GW Network failed: failed to create endpoint gateway_0 on network ${bridge}: ${adding}`
    : `failed to create endpoint ${name} on network bridge: ${adding}`;
}
