import { meets } from './constraints.ts';
import type { NodeRecord } from './node-record.ts';
import type { TaskRecord } from './task-record.ts';

/** A node for a task, or why there is none, in swarm's words. */
export type Placement = { node: NodeRecord } | { reason: string };

interface PlacementOptions {
  /** Tasks of a node that have not ended. */
  tasksOn: (node: NodeRecord) => readonly TaskRecord[];
  random: () => number;
}

const NOT_AVAILABLE = 'not available for new tasks';
const NO_RESOURCES = 'insufficient resources on';
const NOT_MEANT = 'scheduling constraints not satisfied on';

/** Chooses as swarm does: of the nodes that suit, one with the fewest tasks. */
export function place(
  task: TaskRecord,
  nodes: readonly NodeRecord[],
  { tasksOn, random }: PlacementOptions,
): Placement {
  const fitting: { node: NodeRecord; load: number }[] = [];
  const failures = new Map<string, number>();
  for (const node of nodes) {
    const others = tasksOn(node);
    const failure = unfit(task, node, others);
    if (failure === undefined) fitting.push({ node, load: others.length });
    else failures.set(failure, (failures.get(failure) ?? 0) + 1);
  }
  const fewest = Math.min(...fitting.map(({ load }) => load));
  const best = fitting.filter(({ load }) => load === fewest);
  const chosen = best[Math.floor(random() * best.length)];
  return chosen ?? { reason: explain([...failures]) };
}

/** The first of swarm's filters that a node does not pass. */
function unfit(
  task: TaskRecord,
  node: NodeRecord,
  others: readonly TaskRecord[],
): string | undefined {
  if (!node.isSchedulable) return NOT_AVAILABLE;
  const reserved = others.reduce((sum, other) => sum + other.reservedBytes, 0);
  const isFull = task.reservedBytes > 0 && reserved + task.reservedBytes > node.memoryBytes;
  if (isFull || task.behaviour.never === 'pending') return NO_RESOURCES;
  const { Constraints } = task.service.Spec.TaskTemplate.Placement ?? {};
  return meets(node.raw(), Constraints) ? undefined : NOT_MEANT;
}

/** Most frequent reason first. */
function explain(failures: [words: string, count: number][]): string {
  if (failures.length === 0) return 'no suitable node';
  const found = failures.sort(([, a], [, b]) => b - a);
  return `no suitable node (${found.map(phrase).join('; ')})`;
}

function phrase([words, count]: [string, number]): string {
  const nodes = count === 1 ? '1 node' : `${count} nodes`;
  return words.endsWith(' on') ? `${words} ${nodes}` : `${nodes} ${words}`;
}
