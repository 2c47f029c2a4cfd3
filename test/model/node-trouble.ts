import type { TaskRecord } from './task-record.ts';

/** Why a node starts no container, whatever it is given: its bridge is gone, or its disk is full. */
export type NodeTrouble = 'bridge' | 'disk';

/** The words of Engine 20.10 for a task with no network of the swarm (seen: state `failed`, exit code 128). */
export function bridgeMissing({ name, service }: TaskRecord): string {
  const attached = service.Spec.TaskTemplate.Networks !== undefined;
  const bridge = attached ? 'docker_gwbridge' : 'docker0';
  const missing = `could not find bridge ${bridge}: route ip+net: no such network interface`;
  const adding = `adding interface veth0000000 to bridge ${bridge} failed: ${missing}`;
  return attached
    ? `container ${name}: endpoint create on GW Network failed: failed to create endpoint gateway_0 on network ${bridge}: ${adding}`
    : `failed to create endpoint ${name} on network bridge: ${adding}`;
}

/** A layer that cannot be made (moby 36473): state `rejected`, and there is no container. */
export function noSpace({ id }: TaskRecord): string {
  return `mkdir /var/lib/docker/overlay2/${id}-init: no space left on device`;
}
