import { Counter, Histogram, type Registry } from 'prom-client';
import type { EngineErrorCode } from '../swarm/index.ts';

/** In seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Calls to the Docker Engine. */
export class EngineCalls {
  readonly #duration: Histogram;
  readonly #errors: Counter;

  constructor(registers: Registry[]) {
    this.#duration = new Histogram({
      name: 'swarmer_engine_call_duration_seconds',
      help: 'Time that a call to the Docker Engine took, failed ones too; streams are not measured',
      labelNames: ['call'],
      buckets: BUCKETS,
      registers,
    });
    this.#errors = new Counter({
      name: 'swarmer_engine_errors_total',
      help: 'Calls to the Docker Engine that failed, by call and kind of failure',
      labelNames: ['call', 'code'],
      registers,
    });
  }

  /** Shows a call from the beginning: the first error of a series that is not there is no increase. */
  announce(call: string): void {
    this.#errors.inc({ call, code: 'Unavailable' }, 0);
  }

  took(call: string, seconds: number): void {
    this.#duration.observe({ call }, seconds);
  }

  failed(call: string, code: EngineErrorCode | 'Other'): void {
    this.#errors.inc({ call, code });
  }
}
