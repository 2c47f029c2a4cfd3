import type { Call, Treatment } from './effects.ts';
import type { Rng } from './rng.ts';
import type { Fault } from './scenario.ts';

type Outage = { until: number; lost: number };

interface FaultsOptions {
  faults: readonly Fault[];
  rng: Rng;
  now: () => number;
}

/** Decides what becomes of each call: how long it takes, whether it fails, whether its process dies. */
export class Faults {
  readonly #options: FaultsOptions;
  readonly #counts = new Map<string, number>();
  readonly #outages = new Map<'store' | 'engine', Outage>();

  constructor(options: FaultsOptions) {
    this.#options = options;
  }

  /** The store or the engine refuses calls, or takes them and loses the answers, for a while. */
  startOutage(of: 'store' | 'engine', forMs: number, lost: number): void {
    this.#outages.set(of, { until: this.#options.now() + forMs, lost });
  }

  treat(call: Call): Treatment {
    const { rng, faults } = this.#options;
    const nth = (this.#counts.get(call.kind) ?? 0) + 1;
    this.#counts.set(call.kind, nth);
    const treatment: Treatment = { requestMs: latency(rng), replyMs: latency(rng), how: 'done' };
    this.#suffer(call, treatment);
    for (const fault of faults) {
      if (!('nth' in fault) || fault.kind !== call.kind || fault.nth !== nth) continue;
      if (fault.type === 'call') treatment.how = fault.how;
      else if (fault.type === 'halt') treatment.haltMs = fault.forMs;
      else if (fault.type === 'slow') {
        treatment[fault.way === 'request' ? 'requestMs' : 'replyMs'] += fault.ms;
      } else {
        treatment.crash = fault.side;
        call.process.backMs = fault.backMs;
      }
    }
    return treatment;
  }

  #suffer({ port }: Call, treatment: Treatment): void {
    if (port === 'receiver') return;
    const outage = this.#outages.get(port === 'engine' ? 'engine' : 'store');
    if (outage === undefined || outage.until < this.#options.now()) return;
    treatment.how = this.#options.rng.chance(outage.lost) ? 'lost' : 'refused';
  }
}

/** Mostly quick, now and then slow, so that any two calls may overtake each other. In ms. */
function latency(rng: Rng): number {
  const kind = rng.next();
  if (kind < 0.85) return rng.between(0.1, 2);
  return kind < 0.97 ? rng.between(1, 40) : rng.between(40, 400);
}
