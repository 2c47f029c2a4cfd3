import type { ClusterNode, ClusterReport, NodeWish } from '../apis/index.ts';
import { isoTime } from './job-resource.ts';
import { ApiProblem, notFound } from './problem.ts';

/** A node as the leading controller saw it last, with what is wanted of it and not yet so. */
export function nodeResource(node: ClusterNode, wishes: readonly NodeWish[]): object {
  const wished = wishes.find((wish) => wish.node === node.id);
  if (wished === undefined) return node;
  return { ...node, wish: wished.wish, wishedAt: isoTime(wished.at) };
}

/**
 * The node of a path, by its Swarm id or its hostname.
 * @throws ApiProblem 404, or 409 where several nodes have that hostname.
 */
export function findNode(report: ClusterReport | undefined, name: unknown): ClusterNode {
  if (report === undefined) {
    throw notFound('No controller has told of the nodes yet. Check that one runs, and try again.');
  }
  const byId = report.nodes.find(({ id }) => id === name);
  if (byId !== undefined) return byId;
  const [node, ...others] = report.nodes.filter(({ hostname }) => hostname === name);
  if (node === undefined) {
    throw notFound('There is no such node. Use an id or a hostname that GET /v1/cluster lists.');
  }
  if (others.length === 0) return node;
  const ids = [node, ...others].map(({ id }) => id).join(', ');
  throw new ApiProblem(409, `Several nodes have this hostname. Use one of their ids: ${ids}.`);
}
