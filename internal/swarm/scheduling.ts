import {
  type Amounts,
  type GenericResource,
  memoryBytes,
  nanoCpus,
  type Placement,
  type Resources,
} from '../apis/index.ts';
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
