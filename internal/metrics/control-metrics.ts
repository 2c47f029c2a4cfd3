import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { type AttemptRecord, OUTCOMES } from '../apis/index.ts';
import {
  type ControllerMetrics,
  type ControllerState,
  RECONCILE_OUTCOMES,
  type ReconcileOutcome,
} from '../controller/index.ts';

/** In seconds: a reconcile that only looks takes some ms. */
const RECONCILE_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5, 10];
/** In seconds: an image that has to be pulled takes minutes. */
const START_BUCKETS = [0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800];

/** The control loop, and what came of attempts. */
export class ControlMetrics implements ControllerMetrics {
  readonly #reconciles: Histogram;
  readonly #attempts: Counter;
  readonly #startLatency: Histogram;
  readonly #outputBytes: Counter;
  #state: (() => ControllerState) | undefined;

  constructor(registers: Registry[]) {
    this.#reconciles = new Histogram({
      name: 'swarmer_reconcile_duration_seconds',
      help: 'Time that one reconcile of a job took, by how it ended',
      labelNames: ['outcome'],
      buckets: RECONCILE_BUCKETS,
      registers,
    });
    for (const outcome of RECONCILE_OUTCOMES) this.#reconciles.zero({ outcome });
    this.#attempts = new Counter({
      name: 'swarmer_attempts_total',
      help: 'Attempts that have ended, by outcome',
      labelNames: ['outcome'],
      registers,
    });
    for (const outcome of OUTCOMES) this.#attempts.inc({ outcome }, 0);
    this.#startLatency = new Histogram({
      name: 'swarmer_start_latency_seconds',
      help: 'Time from the claim of an attempt to the start of its process, of attempts that ended',
      buckets: START_BUCKETS,
      registers,
    });
    this.#outputBytes = new Counter({
      name: 'swarmer_output_bytes_total',
      help: 'Bytes that tasks wrote, kept or not',
      labelNames: ['stream'],
      registers,
    });
    for (const stream of ['stdout', 'stderr']) this.#outputBytes.inc({ stream }, 0);
    this.#gauges(registers);
  }

  /** Shows the state of the controller of this process from now on. */
  watch(state: () => ControllerState): void {
    this.#state = state;
  }

  get leading(): boolean {
    return this.#state?.().leading ?? false;
  }

  reconciled(outcome: ReconcileOutcome, seconds: number): void {
    this.#reconciles.observe({ outcome }, seconds);
  }

  attemptSettled({ verdict, claimedAt, output }: AttemptRecord): void {
    if (verdict !== undefined) {
      this.#attempts.inc({ outcome: verdict.outcome });
      const { startedAt } = verdict;
      // The two are of the clocks of two machines.
      if (startedAt !== undefined && claimedAt !== undefined) {
        this.#startLatency.observe(Math.max(0, startedAt - claimedAt) / 1000);
      }
    }
    if (output === undefined) return;
    this.#outputBytes.inc({ stream: 'stdout' }, output.stdout.bytes);
    this.#outputBytes.inc({ stream: 'stderr' }, output.stderr.bytes);
  }

  #gauges(registers: Registry[]): void {
    this.#gauge(registers, 'swarmer_leader', '1 in the controller that leads, 0 in others', (it) =>
      it.leading ? 1 : 0,
    );
    this.#gauge(
      registers,
      'swarmer_lease_age_seconds',
      'Since the lease was last seen to be renewed',
      (it) => toSeconds(it.leaseAgeMs),
    );
    this.#gauge(
      registers,
      'swarmer_workqueue_depth',
      'Jobs that wait to be reconciled',
      (it) => it.queueDepth,
    );
    this.#gauge(
      registers,
      'swarmer_max_concurrent_tasks',
      'Most attempts at one time that the settings allow',
      (it) => it.maxConcurrentTasks,
    );
    this.#gauge(
      registers,
      'swarmer_slots_held_seconds',
      'For how long at least half of the slots have been held by attempts that have not started; 0 when fewer are',
      (it) => toSeconds(it.work()?.slotsHeldMs),
    );
    const tasks = () => this.#state?.().work()?.tasks;
    new Gauge({
      name: 'swarmer_live_tasks',
      help: 'Tasks that could run now, by what they are at; runnable: wait for a slot only',
      labelNames: ['state'],
      registers,
      collect() {
        this.reset();
        for (const [state, count] of Object.entries(tasks() ?? {})) this.set({ state }, count);
      },
    });
  }

  #gauge(
    registers: Registry[],
    name: string,
    help: string,
    read: (state: ControllerState) => number | undefined,
  ): void {
    const value = () => {
      const state = this.#state?.();
      return state === undefined ? undefined : read(state);
    };
    new Gauge({
      ...{ name, help, registers },
      collect() {
        const now = value();
        if (now === undefined) this.remove();
        else this.set(now);
      },
    });
  }
}

function toSeconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
