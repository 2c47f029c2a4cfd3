import { setImmediate } from 'node:timers/promises';
import { StoreError } from '../../internal/store/index.ts';
import { EngineError } from '../../internal/swarm/index.ts';
import type { Coverage } from './coverage.ts';
import type { History } from './history.ts';
import { kindOf } from './kinds.ts';
import type { Rng } from './rng.ts';
import type { SimProcess } from './sim-process.ts';
import type { Timeline } from './timeline.ts';

/** One side effect: a call of a process through one of its ports. */
export interface Call {
  n: number;
  /** When it was made, in ms. */
  at: number;
  process: SimProcess;
  port: string;
  method: string;
  kind: string;
  args: readonly unknown[];
}

export type Outcome = { ok: true; value: unknown } | { ok: false; error: unknown };

/** What is to become of a call. */
export interface Treatment {
  /** Ms until it reaches the other side, and from there until its answer is back. */
  requestMs: number;
  replyMs: number;
  /** `refused` never takes effect; `lost` takes effect and is answered as if it had not. */
  how: 'done' | 'refused' | 'lost';
  /** Kills the process at the call: before it takes effect, or after and before the answer. */
  crash?: 'before' | 'after';
  /** The process stands still for so long from when the call has taken effect, before its answer. */
  haltMs?: number;
}

interface EffectsOptions {
  timeline: Timeline;
  rng: Rng;
  history: History;
  coverage: Coverage;
  treat: (call: Call) => Treatment;
  /** Told of every call when it is made, and again when it has taken effect. */
  onIssue: (call: Call) => void;
  onEffect: (call: Call, outcome: Outcome) => void;
  /** What a call is shown as in the history. */
  describe: (call: Call) => string;
}

/** How long the real clients wait for an answer, in ms. */
const LIMITS_MS: Record<string, number> = { engine: 15_000, receiver: 60_000 };
const STORE_LIMIT_MS = 5000;

/**
 * The way of every call of every process to the other side. Calls take time, in both directions; they
 * are carried out one at a time, in the order of virtual time, so that a run can be repeated.
 */
export class Effects {
  readonly #options: EffectsOptions;
  /** Calls that took effect and whose answer is on its way. */
  readonly #answers = new Map<SimProcess, Set<Call>>();
  #n = 0;
  #lateUntil = 0;

  constructor(options: EffectsOptions) {
    this.#options = options;
  }

  /** Until when a call that its process has given up may still take effect, or a process stands still, in ms. */
  get lateUntil(): number {
    return this.#lateUntil;
  }

  /** A port as a process sees it. */
  wrap<T extends object>(process: SimProcess, port: string, target: T): T {
    return new Proxy(target, {
      get: (_target, method) => {
        const fn: unknown = Reflect.get(target, method);
        if (typeof fn !== 'function' || typeof method !== 'string') return fn;
        return (...args: unknown[]) =>
          this.call(process, port, method, args, () => fn.apply(target, args));
      },
    });
  }

  /** A call that is carried out by `act`. Never settles when its process dies. */
  call<T>(
    process: SimProcess,
    port: string,
    method: string,
    args: readonly unknown[],
    act: () => Promise<T>,
  ): Promise<T> {
    if (process.state === 'dead') return new Promise(() => {});
    const { treat, onIssue, timeline } = this.#options;
    const kind = kindOf(port, method, args);
    const call: Call = { n: ++this.#n, at: timeline.now, process, port, method, kind, args };
    const treatment = treat(call);
    onIssue(call);
    this.#options.coverage.count(call.kind, 'seen');
    if (treatment.crash === 'before') {
      this.#crash(call, 'before');
      return new Promise(() => {});
    }
    return new Promise((resolve, reject) => {
      this.#send(call, treatment, act, (outcome) => {
        if (outcome.ok) resolve(outcome.value as T);
        else reject(outcome.error);
      });
    });
  }

  #send(
    call: Call,
    treatment: Treatment,
    act: () => Promise<unknown>,
    answer: (outcome: Outcome) => void,
  ): void {
    const { timeline } = this.#options;
    const { process } = call;
    const limit = LIMITS_MS[call.port] ?? STORE_LIMIT_MS;
    const { requestMs, replyMs } = treatment;
    if (requestMs + replyMs > limit) {
      timeline.in(limit, () => answer(unavailable(call, 'no answer in time')), process);
      this.#lateUntil = Math.max(this.#lateUntil, timeline.now + requestMs);
    }
    timeline.in(requestMs, async () => {
      if (process.state === 'dead' && this.#options.rng.chance(0.5)) {
        return this.#note(call, 'dropped', 'crashedBefore');
      }
      const outcome = await this.#carryOut(call, treatment, act);
      if (process.state === 'dead') return this.#note(call, 'nobody waits', 'crashedAfter');
      if (treatment.crash === 'after') return this.#crash(call, 'after');
      if (treatment.haltMs !== undefined) this.#halt(call, treatment.haltMs);
      this.#awaiting(process).add(call);
      timeline.in(
        replyMs,
        () => {
          this.#awaiting(process).delete(call);
          answer(treatment.how === 'lost' ? unavailable(call, 'connection reset') : outcome);
        },
        process,
      );
    });
  }

  async #carryOut(call: Call, { how }: Treatment, act: () => Promise<unknown>): Promise<Outcome> {
    const { history, timeline, describe, onEffect } = this.#options;
    const refused = how === 'refused';
    const outcome = refused ? unavailable(call, 'connection refused') : await settle(call, act);
    const end = how === 'lost' ? `${textOf(outcome)}, answer lost` : textOf(outcome);
    history.add(timeline.now, `${call.process.name} #${call.n} ${describe(call)} → ${end}`);
    if (!refused) onEffect(call, canonical(call, outcome));
    return outcome;
  }

  #crash(call: Call, side: 'before' | 'after'): void {
    this.#note(call, `killed ${side}`, side === 'before' ? 'crashedBefore' : 'crashedAfter');
    call.process.kill();
  }

  #halt({ process, kind }: Call, ms: number): void {
    const { history, timeline } = this.#options;
    history.add(timeline.now, `${process.name} stands still at ${kind} for ${ms} ms`);
    process.pause();
    // It goes on with what it was about to do: until then nothing is at rest.
    this.#lateUntil = Math.max(this.#lateUntil, timeline.now + ms);
    timeline.in(ms, () => process.resume());
  }

  #note(call: Call, what: string, count: 'crashedBefore' | 'crashedAfter'): void {
    const { history, timeline, coverage } = this.#options;
    history.add(timeline.now, `${call.process.name} #${call.n} ${call.kind} ✗ ${what}`);
    coverage.count(call.kind, count);
  }

  #awaiting(process: SimProcess): Set<Call> {
    const known = this.#answers.get(process);
    if (known !== undefined) return known;
    const calls = new Set<Call>();
    this.#answers.set(process, calls);
    process.whenDead(() => {
      for (const { kind } of calls) this.#options.coverage.count(kind, 'crashedAfter');
    });
    return calls;
  }
}

/** The model of the engine answers at once or, where the real one would hang, never. */
async function settle({ port }: Call, act: () => Promise<unknown>): Promise<Outcome> {
  const answer = act().then(
    (value): Outcome => ({ ok: true, value }),
    (error: unknown): Outcome => ({ ok: false, error }),
  );
  if (port !== 'engine') return answer;
  const hung = new EngineError('Unavailable', 'the engine does not answer');
  const patience = setImmediate({ ok: false, error: hung } as const);
  return Promise.race([answer, patience]);
}

/** Redis gives the members of a set in an order that differs from server to server. */
function canonical({ method }: Call, outcome: Outcome): Outcome {
  if (method === 'activeJobs' && outcome.ok && Array.isArray(outcome.value)) outcome.value.sort();
  return outcome;
}

/** How the real clients say that nothing is known of the outcome. */
function unavailable({ port }: Call, why: string): Outcome {
  if (port === 'receiver') return { ok: false, error: new Error(why) };
  const error =
    port === 'engine'
      ? new EngineError('Unavailable', `the engine does not answer: ${why}`)
      : new StoreError('Unavailable', `Redis is not available: ${why}`);
  return { ok: false, error };
}

function textOf(outcome: Outcome): string {
  if (outcome.ok) return 'ok';
  const { error } = outcome;
  return error instanceof StoreError || error instanceof EngineError ? error.code : String(error);
}
