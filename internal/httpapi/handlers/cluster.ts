import type { OperatorStore } from '../../store/ports.ts';
import type { Handler } from '../access/caller.ts';
import { isoTime } from '../job-resource.ts';
import { nodeResource } from '../node-resource.ts';

/**
 * `GET /v1/cluster`: nodes and slots, as the leading controller published them last. Nodes are shown to
 * who is bound to all namespaces; the others wait for the same slots, and see those.
 */
export function cluster(operator: OperatorStore): Handler {
  return async (_request, response, { identity }) => {
    const [{ report, slotsUsed }, wishes] = await Promise.all([
      operator.cluster(),
      operator.nodeWishes(),
    ]);
    const max = report === undefined ? {} : { max: report.maxConcurrentTasks };
    const nodes = identity.namespaces === '*' ? (report?.nodes ?? []) : [];
    response.set('Cache-Control', 'no-store').json({
      nodes: nodes.map((node) => nodeResource(node, wishes)),
      slots: { used: slotsUsed, ...max },
      ...(report === undefined ? {} : { updatedAt: isoTime(report.updatedAt) }),
    });
  };
}
