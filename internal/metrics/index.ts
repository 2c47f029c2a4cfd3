export { type MetricsOptions, ServerMetrics } from './server-metrics.ts';
