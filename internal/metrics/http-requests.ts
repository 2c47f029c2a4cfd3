import { Counter, Histogram, type Registry } from 'prom-client';
import type { HandledRequest, RequestMetrics } from '../httpapi/index.ts';

/** In seconds. What is followed live takes as long as its reader stays. */
const BUCKETS = [0.005, 0.025, 0.1, 0.5, 2.5, 10];
/** Methods that routes know; a client may send any of 30 others. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE']);

/** Asked every few seconds by machines: that `/readyz` answers 503 is its answer, and no failed request. */
const PROBES = new Set(['/healthz', '/readyz', '/metrics']);

/** Requests by the pattern of their route: never by path, of which there are as many as jobs. */
export class HttpRequests implements RequestMetrics {
  readonly #count: Counter;
  readonly #duration: Histogram;

  constructor(registers: Registry[]) {
    this.#count = new Counter({
      name: 'swarmer_http_requests_total',
      help: 'HTTP requests by route and status, without probes; 499 when the client went before the answer',
      labelNames: ['method', 'route', 'status'],
      registers,
    });
    this.#duration = new Histogram({
      name: 'swarmer_http_request_duration_seconds',
      help: 'Time from the head of a request to the end of its answer',
      labelNames: ['method', 'route'],
      buckets: BUCKETS,
      registers,
    });
  }

  handled({ method: given, route, status }: HandledRequest, seconds: number): void {
    if (PROBES.has(route)) return;
    const method = METHODS.has(given) ? given : 'other';
    this.#count.inc({ method, route, status });
    this.#duration.observe({ method, route }, seconds);
  }
}
