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

/**
 * `POST /v1/nodes/<id or hostname>/drain|undrain`: what is wanted. The controller does it. What is wanted
 * already has been since it was first asked for.
 */
export function wishNode(operator: OperatorStore, clock: Clock, wish: NodeWish['wish']): Handler {
  return async (request, response) => {
    const { report } = await operator.cluster();
    const node = findNode(report, request.params['node']);
    const wishes = await operator.nodeWishes();
    const standing = wishes.find((it) => it.node === node.id && it.wish === wish);
    const wished = standing ?? { node: node.id, wish, at: clock.now() };
    if (standing === undefined) await operator.wishNode(wished);
    response.status(202).json(nodeResource(node, [wished]));
  };
}
