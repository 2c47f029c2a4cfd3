export * from './actions.ts';
export { settlementOf } from './disposition.ts';
export { graceSeconds } from './gone.ts';
export { roomForTasks } from './max-per-node.ts';
export { avoidedNodes, troublesome } from './placement.ts';
export { isHeld, plan } from './plan.ts';
export type { AttemptView, NodeCapacity, NodeLoad, Snapshot } from './snapshot.ts';
export { behindOthersMs, holdsNoSlot, isStanding, isUnsuited, waitsForNode } from './unplaced.ts';
