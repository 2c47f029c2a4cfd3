import { Counter, Histogram, type Registry } from 'prom-client';
import type { CallbackMetrics } from '../callback/index.ts';

/** In seconds; a try may last for minutes while its body moves. */
const BUCKETS = [0.01, 0.05, 0.25, 1, 5, 15, 60, 300];
const RESULTS = ['delivered', 'retry', 'dead'] as const;

/** Tries to deliver callbacks. */
export class CallbackTries implements CallbackMetrics {
  readonly #count: Counter;
  readonly #duration: Histogram;

  constructor(registers: Registry[]) {
    this.#count = new Counter({
      name: 'swarmer_callback_attempts_total',
      help: 'Tries to deliver a callback; retry: to be tried again, dead: given up',
      labelNames: ['result'],
      registers,
    });
    for (const result of RESULTS) this.#count.inc({ result }, 0);
    this.#duration = new Histogram({
      name: 'swarmer_callback_duration_seconds',
      help: 'Time that a try to deliver a callback took',
      buckets: BUCKETS,
      registers,
    });
  }

  tried(result: (typeof RESULTS)[number], seconds: number): void {
    this.#count.inc({ result });
    this.#duration.observe(seconds);
  }
}
