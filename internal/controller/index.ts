export { Controller, type ControllerOptions } from './controller.ts';
export {
  type ControllerMetrics,
  type ControllerState,
  RECONCILE_OUTCOMES,
  type ReconcileOutcome,
} from './metrics.ts';
export type { ControllerTraces, TracedJob } from './traces.ts';
