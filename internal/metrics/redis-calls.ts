import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Memory, StoreMetrics } from '../store/index.ts';

/** In seconds; a command is given up after 5. */
const BUCKETS = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 5];

interface RedisSource {
  /** Whether there is a connection now. */
  connected(): boolean;
  /** As it was seen last; undefined before. */
  memory(): Memory | undefined;
}

/** What is asked of Redis: by transition, and all reads together. */
export class RedisCalls implements StoreMetrics {
  readonly #duration: Histogram;
  readonly #errors: Counter;
  #source: RedisSource | undefined;

  constructor(registers: Registry[]) {
    this.#duration = new Histogram({
      name: 'swarmer_redis_command_duration_seconds',
      help: 'Time that Redis took to answer, by transition; "read" is all that only reads',
      labelNames: ['command'],
      buckets: BUCKETS,
      registers,
    });
    this.#errors = new Counter({
      name: 'swarmer_redis_errors_total',
      help: 'Commands that Redis did not answer, or refused',
      labelNames: ['command'],
      registers,
    });
    this.#errors.inc({ command: 'read' }, 0);
    const source = () => this.#source;
    new Gauge({
      name: 'swarmer_redis_up',
      help: '1 while this process is connected to Redis, else 0',
      registers,
      collect() {
        this.set(source()?.connected() ? 1 : 0);
      },
    });
    new Gauge({
      name: 'swarmer_redis_memory_bytes',
      help: 'Memory of Redis as it was seen last: "used", and "max", its limit, 0 for none',
      labelNames: ['kind'],
      registers,
      collect() {
        this.reset();
        const memory = source()?.memory();
        if (memory === undefined) return;
        this.set({ kind: 'used' }, memory.used);
        this.set({ kind: 'max' }, memory.max);
      },
    });
  }

  watch(source: RedisSource): void {
    this.#source = source;
  }

  called(command: string, seconds: number, failed: boolean): void {
    this.#duration.observe({ command }, seconds);
    if (failed) this.#errors.inc({ command });
  }
}
