import type { Clock } from '../../internal/clock/clock.ts';
import type { Rng } from './rng.ts';
import type { Timeline } from './timeline.ts';

/** Unix time in ms at which every run starts. */
export const EPOCH = Date.UTC(2026, 0, 1);
/** Timers of a busy process fire up to so much late, in ms. */
const LATENESS_MS = 2;

/** A simulated operating-system process: it can be killed and paused, and its wall clock set. */
export class SimProcess {
  readonly name: string;
  readonly clock: Clock;
  /** Aborts when the process is told to stop (SIGTERM). */
  readonly stop = new AbortController();
  state: 'running' | 'paused' | 'dead' = 'running';
  /** By how much its wall clock is wrong, in ms. */
  wallOffset = 0;
  /** How long after its death another one is started in its place, in ms. */
  backMs = 500;
  readonly #onDeath: (() => void)[] = [];
  #backlog: (() => void)[] = [];

  constructor(name: string, timeline: Timeline, rng: Rng) {
    this.name = name;
    this.clock = processClock(this, timeline, rng);
  }

  /** SIGKILL: nothing of it happens any more. */
  kill(): void {
    if (this.state === 'dead') return;
    this.state = 'dead';
    for (const fn of this.#onDeath) fn();
  }

  /** SIGSTOP. */
  pause(): void {
    if (this.state === 'running') this.state = 'paused';
  }

  /** SIGCONT: what fell due meanwhile happens now, in its order. */
  resume(): void {
    if (this.state !== 'paused') return;
    this.state = 'running';
    for (const fn of this.#backlog.splice(0)) fn();
  }

  whenResumed(fn: () => void): void {
    this.#backlog.push(fn);
  }

  whenDead(fn: () => void): void {
    this.#onDeath.push(fn);
  }
}

function processClock(process: SimProcess, timeline: Timeline, rng: Rng): Clock {
  // Where a monotonic clock starts means nothing, and is another place in every process.
  const base = rng.int(0, 1_000_000);
  const after = (ms: number, fn: () => void) =>
    timeline.in(ms + rng.between(0, LATENESS_MS), fn, process);
  return {
    now: () => Math.floor(EPOCH + timeline.now + process.wallOffset),
    monotonic: () => base + timeline.now,
    after,
    sleep: (ms, signal) => sleep(after, ms, signal),
  };
}

/** The clock of what is no process: the swarm, users, receivers. */
export function worldClock(timeline: Timeline): Clock {
  const after = (ms: number, fn: () => void) => timeline.in(ms, fn);
  return {
    now: () => Math.floor(EPOCH + timeline.now),
    monotonic: () => timeline.now,
    after,
    sleep: (ms, signal) => sleep(after, ms, signal),
  };
}

function sleep(after: Clock['after'], ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const wake = (): void => {
      cancel();
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const cancel = after(ms, wake);
    signal?.addEventListener('abort', wake);
  });
}
