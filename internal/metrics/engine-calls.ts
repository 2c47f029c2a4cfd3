import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Clock } from '../clock/clock.ts';
import type { EngineErrorCode } from '../swarm/index.ts';

/** In seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

interface Call {
  /** Ms of the monotonic clock. */
  at: number;
  answered: boolean;
}

/** For how long a call says whether the engine answers, in ms: who leads makes some every few seconds. */
const FRESH_MS = 60_000;

/** Calls to the Docker Engine. */
export class EngineCalls {
  readonly #duration: Histogram;
  readonly #errors: Counter;
  readonly #clock: Clock;
  /** The last call that asks an engine about itself only, and the last of all others. */
  readonly #last: { info?: Call; others?: Call } = {};

  constructor(registers: Registry[], clock: Clock) {
    this.#clock = clock;
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
    const answers = () => this.#answers();
    new Gauge({
      name: 'swarmer_engine_up',
      help: '1 when the Docker Engine could do what it was asked for last, else 0; none when it was not asked for a minute',
      registers,
      collect() {
        const now = answers();
        if (now === undefined) this.remove();
        else this.set(now ? 1 : 0);
      },
    });
  }

  /** Shows a call from the beginning: the first error of a series that is not there is no increase. */
  announce(call: string): void {
    this.#errors.inc({ call, code: 'Unavailable' }, 0);
  }

  /** A call is over. @param answered false when the engine did not answer, or could not do it. */
  took(call: string, seconds: number, answered: boolean): void {
    this.#duration.observe({ call }, seconds);
    this.#last[call === 'info' ? 'info' : 'others'] = { at: this.#clock.monotonic(), answered };
  }

  failed(call: string, code: EngineErrorCode | 'Other'): void {
    this.#errors.inc({ call, code });
  }

  /** A manager of a swarm that has no leader tells of itself, and can do nothing. */
  #answers(): boolean | undefined {
    const { info, others } = this.#last;
    const isFresh = (call: Call | undefined) =>
      call && this.#clock.monotonic() - call.at < FRESH_MS;
    return [others, info].find(isFresh)?.answered;
  }
}
