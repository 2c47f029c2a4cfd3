import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Clock } from '../clock/clock.ts';
import type { MetricsPage } from '../httpapi/index.ts';
import type { Engine } from '../swarm/index.ts';
import { BacklogMetrics } from './backlog-metrics.ts';
import { CallbackTries } from './callback-tries.ts';
import { ConfigurationMetrics } from './configuration-metrics.ts';
import { ControlMetrics } from './control-metrics.ts';
import { EngineCalls } from './engine-calls.ts';
import { countEventLoop } from './event-loop.ts';
import { HttpRequests } from './http-requests.ts';
import { meteredEngine } from './metered-engine.ts';
import { RedisCalls } from './redis-calls.ts';

/** Gauges of prom-client's that end as counters do, which promtool refuses; others tell the same. */
const MISNAMED = ['handles', 'requests', 'resources'].map((of) => `nodejs_active_${of}_total`);
/** Gauges of a histogram that costs too much to be kept up to date: see {@link countEventLoop}. */
const UNUSED = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'].map(
  (of) => `nodejs_eventloop_lag_${of}_seconds`,
);
/** Ms between two entries of that histogram, which cannot be switched off: as long as it takes. */
const NEVER = 2 ** 31 - 1;

export interface MetricsOptions {
  /** Version of Swarmer. */
  version: string;
  /** Which parts the process runs. */
  role: string;
  clock: Clock;
}

/**
 * What one process counts and measures, with the page that shows it. The names are the same in every
 * role: what a process does not do has no samples, or stays 0.
 */
export class ServerMetrics {
  readonly #registry = new Registry();
  readonly #clock: Clock;
  readonly #engineCalls: EngineCalls;
  readonly requests: HttpRequests;
  readonly redis: RedisCalls;
  readonly control: ControlMetrics;
  readonly callbacks: CallbackTries;
  readonly backlog: BacklogMetrics;
  readonly configuration: ConfigurationMetrics;

  constructor({ version, role, clock }: MetricsOptions) {
    this.#clock = clock;
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: NEVER });
    for (const name of [...MISNAMED, ...UNUSED]) this.#registry.removeSingleMetric(name);
    const registers = [this.#registry];
    countEventLoop(registers);
    const build = new Gauge({
      name: 'swarmer_build_info',
      help: 'Always 1; the labels tell which Swarmer this is',
      labelNames: ['version', 'role', 'node'],
      registers,
    });
    build.set({ version, role, node: process.version }, 1);
    this.requests = new HttpRequests(registers);
    this.redis = new RedisCalls(registers);
    this.#engineCalls = new EngineCalls(registers, clock);
    this.control = new ControlMetrics(registers);
    this.callbacks = new CallbackTries(registers);
    this.backlog = new BacklogMetrics(registers, clock);
    this.configuration = new ConfigurationMetrics(registers);
  }

  get page(): MetricsPage {
    const registry = this.#registry;
    return { contentType: registry.contentType, text: () => registry.metrics() };
  }

  /** The same engine, with its calls measured. */
  metered(engine: Engine): Engine {
    return meteredEngine(engine, this.#engineCalls, this.#clock);
  }
}
