import { setImmediate as turn } from 'node:timers/promises';
import { pino } from 'pino';
import { FakeClock } from '../../clock/fake-clock.ts';
import type { OutboxEntry } from '../../store/ports.ts';
import { DEFAULT_BACKOFF } from '../backoff.ts';
import type { Deliver } from '../delivery.ts';
import type { DispatchOptions } from '../dispatch-run.ts';
import { CallbackDispatcher } from '../dispatcher.ts';
import type { Outcome } from '../outcome.ts';
import { MemoryOutbox } from './outbox.ts';

/** One try that a scripted receiver saw. */
export interface Try {
  entry: OutboxEntry;
  /** Unix ms. */
  at: number;
}

/** What becomes of a try; a promise that never resolves hangs until it is cut off. */
export type Script = (entry: OutboxEntry, count: number) => Outcome | Promise<Outcome>;

export const DELIVERED: Outcome = { kind: 'delivered', status: 200 };
export const FAILED: Outcome = { kind: 'retry', error: 'h answered 500.', status: 500 };

/** A try that gets no answer. */
export const hang = () => new Promise<Outcome>(() => undefined);

/** A dispatcher with an outbox in memory, scripted receivers and a clock that moves when told. */
export class DispatchBench {
  readonly clock = new FakeClock();
  readonly outbox = new MemoryOutbox();
  readonly tries: Try[] = [];
  readonly dispatcher: CallbackDispatcher;
  readonly #stop = new AbortController();
  /** True once the term that `start` began has ended. */
  ended = false;

  constructor(script: Script, options: Partial<DispatchOptions> = {}) {
    this.dispatcher = new CallbackDispatcher({
      outbox: this.outbox,
      deliver: this.#deliver(script),
      clock: this.clock,
      log: pino({ level: 'silent' }),
      random: () => 0.5,
      backoff: DEFAULT_BACKOFF,
      limits: { concurrency: 16, perHost: 4 },
      graceMs: 5000,
      ...options,
    });
  }

  /** Begins a term, and lets it do what it does at once. */
  async start(token = 1): Promise<void> {
    this.ended = false;
    void this.dispatcher.run(this.#stop.signal, { token }).then(() => {
      this.ended = true;
    });
    await this.settle();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.settle();
  }

  /** Enqueues a callback that is due now. */
  add(jobUid: string, host = 'h', namespace = 'default'): void {
    this.outbox.add(jobUid, `http://${host}/`, this.clock.now(), namespace);
  }

  /** Lets `ms` pass in steps, each followed by what it sets off. */
  async pass(ms: number, stepMs = 100): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.clock.advance(Math.min(stepMs, ms - passed));
      await this.settle();
    }
  }

  /** Runs everything that needs no time. */
  async settle(): Promise<void> {
    for (let n = 0; n < 5; n += 1) await turn();
  }

  /** The tries of one job, the first first. */
  triesOf(jobUid: string): Try[] {
    return this.tries.filter(({ entry }) => entry.jobUid === jobUid);
  }

  #deliver(script: Script): Deliver {
    return async (entry, signal, onSend) => {
      onSend();
      this.tries.push({ entry, at: this.clock.now() });
      const count = this.triesOf(entry.jobUid).length;
      const ended = new AbortController();
      const cut = new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), ended);
      });
      try {
        return await Promise.race([script(entry, count), cut]);
      } finally {
        ended.abort();
      }
    };
  }
}
