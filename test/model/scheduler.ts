import { meets } from './constraints.ts';
import type { NodeRecord } from './node-record.ts';
import type { TaskRecord } from './task-record.ts';

/** A node for a task, or why there is none, in swarm's words. */
export type Placement = { node: NodeRecord } | { reason: string };

/**
 * Chooses as swarm does: of the nodes that suit, one with the fewest tasks.
 * @param load number of tasks on a node.
 */
export function place(
  task: TaskRecord,
  nodes: readonly NodeRecord[],
  { load, random }: { load: (node: NodeRecord) => number; random: () => number },
): Placement {
  const ready = nodes.filter((node) => node.isSchedulable);
  const { Constraints } = task.service.Spec.TaskTemplate.Placement ?? {};
  const meeting = ready.filter((node) => meets(node.raw(), Constraints));
  const fitting = task.behaviour.never === 'pending' ? [] : meeting;
  const loads = fitting.length > 1 ? fitting.map(load) : fitting.map(() => 0);
  const fewest = Math.min(...loads);
  const best = fitting.filter((_, i) => loads[i] === fewest);
  const node = best[Math.floor(random() * best.length)];
  if (node !== undefined) return { node };
  return {
    reason: explain([
      [nodes.length - ready.length, 'not available for new tasks'],
      [ready.length - meeting.length, 'scheduling constraints not satisfied on'],
      [meeting.length, 'insufficient resources on'],
    ]),
  };
}

/** Most frequent reason first. */
function explain(failures: [count: number, words: string][]): string {
  const found = failures.filter(([count]) => count > 0).sort(([a], [b]) => b - a);
  if (found.length === 0) return 'no suitable node';
  return `no suitable node (${found.map(phrase).join('; ')})`;
}

function phrase([count, words]: [number, string]): string {
  const nodes = count === 1 ? '1 node' : `${count} nodes`;
  return words.endsWith(' on') ? `${words} ${nodes}` : `${nodes} ${words}`;
}
