import {
  type Amounts,
  type GenericResource,
  memoryBytes,
  nanoCpus,
  type Placement,
  type Resources,
} from '../apis/index.ts';
import type { ObservedNode } from './engine.ts';
import { given } from './given.ts';

/** The constraint that keeps a task from a node. */
const NOT_ON = 'node.id!=';

/** The node that a constraint of ours keeps a task from. */
export function excludedNode(constraint: string): string | undefined {
  return constraint.startsWith(NOT_ON) ? constraint.slice(NOT_ON.length) : undefined;
}

/**
 * Where a task may run, in the words of the engine.
 * @param excluded ids of nodes that it must not run on, whatever the job says.
 */
export function placementSpec(placement: Placement = {}, excluded: readonly string[] = []) {
  const { preferences, platforms } = placement;
  const all = [...(placement.constraints ?? []), ...excluded.map((id) => NOT_ON + id)];
  const constraints = all.length === 0 ? undefined : [...new Set(all)];
  const members = given({
    Constraints: constraints,
    Preferences: preferences?.map(({ spread }) => ({ Spread: { SpreadDescriptor: spread } })),
    Platforms: platforms?.map(({ os, architecture }) =>
      given({ OS: os, Architecture: architecture }),
    ),
  });
  return Object.keys(members).length === 0 ? {} : { Placement: members };
}

/** What a task may use and what its node must have, in the words of the engine. */
export function resourceSpec(resources: Resources | undefined) {
  if (resources === undefined) return {};
  const { limits, reservations } = resources;
  return {
    Resources: given({
      Limits: limits && { ...amounts(limits), ...given({ Pids: limits.pids }) },
      Reservations: reservations && {
        ...amounts(reservations),
        ...given({ GenericResources: reservations.genericResources?.map(genericResource) }),
      },
    }),
  };
}

function genericResource({ kind, value }: GenericResource) {
  return { DiscreteResourceSpec: { Kind: kind, Value: value } };
}

function amounts({ cpus, memory }: Amounts) {
  return given({
    NanoCPUs: cpus === undefined ? undefined : nanoCpus(cpus),
    MemoryBytes: memory === undefined ? undefined : memoryBytes(memory),
  });
}

/**
 * True when a task may run on a node by what its job says of the place: constraints and platforms, as swarm
 * reads them (swarmkit: manager/constraint, manager/scheduler). A constraint that cannot be read suits none.
 */
export function suits(
  node: ObservedNode,
  { constraints = [], platforms = [] }: Placement,
): boolean {
  const [os, architecture] = (node.platform ?? '').split('/');
  const isOneOf = platforms.some((asked) => {
    const sameArchitecture = machine(asked.architecture) === machine(architecture);
    return (!asked.os || asked.os === os) && (!asked.architecture || sameArchitecture);
  });
  return (platforms.length === 0 || isOneOf) && constraints.every((it) => meets(node, it));
}

const MACHINES = new Map([
  ['amd64', 'x86_64'],
  ['arm64', 'aarch64'],
]);

/** Swarm takes the names of Go for those of the kernel. */
function machine(architecture: string | undefined): string | undefined {
  return architecture && (MACHINES.get(architecture) ?? architecture);
}

function meets(node: ObservedNode, constraint: string): boolean {
  const parts = /^\s*([^\s=!]+)\s*(==|!=)\s*(.*?)\s*$/.exec(constraint);
  const [, key = '', operator, value = ''] = parts ?? [];
  const same = attribute(node, key).toLowerCase() === value.toLowerCase();
  return operator === '==' ? same : operator === '!=' && !same;
}

/** Keys are read whatever their case, but for the names of labels. */
function attribute(node: ObservedNode, key: string): string {
  const [, prefix, label] = /^((?:node|engine)\.labels\.)(.*)$/i.exec(key) ?? [];
  const [os = '', architecture = ''] = (node.platform ?? '').split('/');
  const known: Record<string, string> = {
    'node.id': node.id,
    'node.hostname': node.hostname,
    'node.platform.os': os,
    'node.platform.arch': architecture,
    ...node.attributes,
  };
  const name = prefix === undefined ? key.toLowerCase() : `${prefix.toLowerCase()}${label}`;
  return Object.hasOwn(known, name) ? (known[name] ?? '') : '';
}
