import type { NodeWish } from '../../apis/index.ts';
import type { Clock } from '../../clock/clock.ts';
import type { OperatorStore } from '../../store/ports.ts';
import type { Handler } from '../access/caller.ts';
import { findNode, nodeResource } from '../node-resource.ts';

/** `GET /v1/nodes/<id or hostname>`: how far a drain is. */
export function getNode(operator: OperatorStore): Handler {
  return async (request, response) => {
    // The wish first: when it is over, the report that is read after it shows what came of it.
    const wishes = await operator.nodeWishes();
    const { report } = await operator.cluster();
    const node = findNode(report, request.params['node']);
    response.set('Cache-Control', 'no-store').json(nodeResource(node, wishes));
  };
}

/** `POST /v1/nodes/<id or hostname>/drain|undrain`: what is wanted. The controller does it. */
export function wishNode(operator: OperatorStore, clock: Clock, wish: NodeWish['wish']): Handler {
  return async (request, response) => {
    const { report } = await operator.cluster();
    const node = findNode(report, request.params['node']);
    const wished = { node: node.id, wish, at: clock.now() };
    await operator.wishNode(wished);
    response.status(202).json(nodeResource(node, [wished]));
  };
}
