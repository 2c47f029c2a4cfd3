export type { AuditLog } from './access/audit.ts';
export { KnownHosts } from './access/known-hosts.ts';
export { RateLimits } from './access/rate-limits.ts';
export { createMetricsApi, createReportApi, createUserApi } from './apps.ts';
export type {
  ApiOptions,
  Configuration,
  HandledRequest,
  MetricsPage,
  OperatorFile,
  ReadinessCheck,
  RequestMetrics,
  RequestTraces,
  SubmittedRequest,
} from './options.ts';
export { splitByAddress } from './server/by-address.ts';
export { type Address, type Listening, type ListenOptions, listen } from './server/listen.ts';
