export * from './actions.ts';
export { settlementOf } from './disposition.ts';
export { plan } from './plan.ts';
export type { AttemptView, Snapshot } from './snapshot.ts';
