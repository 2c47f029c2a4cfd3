import type { LeaseStore } from '../store/index.ts';
import { StoreError } from '../store/index.ts';
import { Elector, type Term } from './elector.ts';
import { type ControllerState, outcomeOf, UNMEASURED } from './metrics.ts';
import { openSession, type Session, type SessionOptions } from './session.ts';

export interface ControllerOptions extends SessionOptions {
  lease: LeaseStore;
  /** Names this process in the lease; unique. */
  holder: string;
  /** What is to be done at the beginning of each term, before anything is read. */
  prepare?: (term: Term) => Promise<void>;
  /** How long a lease lasts that is not renewed, in ms. */
  leaseMs?: number;
}

/**
 * Jobs that are reconciled side by side. Never one job twice. A reconcile mostly waits for Redis, which takes
 * what is asked at one time as one: with few of them many small jobs wait for each other.
 */
const WORKERS = 32;

/**
 * The control loop: while this process leads, it compares each job with what the swarm shows, and
 * closes the difference. Everything it knows it can read again.
 */
export class Controller {
  readonly #options: ControllerOptions;
  readonly #elector: Elector;
  #leading = false;
  #session: Session | undefined;

  constructor(options: ControllerOptions) {
    this.#options = options;
    const { lease, holder, clock, log, leaseMs = 5000 } = options;
    const times = { leaseMs, renewMs: leaseMs / 5, pollMs: Math.min(250, leaseMs / 10) };
    this.#elector = new Elector({ store: lease, holder, clock, log, ...times });
  }

  get leading(): boolean {
    return this.#leading;
  }

  get state(): ControllerState {
    return {
      leading: this.#leading,
      queueDepth: this.#session?.queue.depth ?? 0,
      leaseAgeMs: this.#elector.leaseAgeMs,
      maxConcurrentTasks: this.#options.maxConcurrentTasks,
      work: () => this.#session?.work(),
    };
  }

  /** Leads whenever it can until `signal` aborts; then ends what is under way and hands over. */
  run(signal: AbortSignal): Promise<void> {
    return this.#elector.run((term) => this.#lead(term), signal);
  }

  async #lead(term: Term): Promise<void> {
    await this.#options.prepare?.(term);
    const session = await openSession(this.#options, term);
    const { queue, loops } = session;
    const workers = Array.from({ length: WORKERS }, () => () => this.#work(session, term));
    const stop = () => queue.shutDown();
    term.signal.addEventListener('abort', stop, { once: true });
    if (term.signal.aborted) stop();
    this.#leading = true;
    this.#session = session;
    const ends = await Promise.allSettled([...workers, ...loops].map((loop) => orEnd(term, loop)));
    this.#leading = false;
    this.#session = undefined;
    await session.settled();
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }

  async #work(session: Session, term: Term): Promise<void> {
    const { queue } = session;
    for (let uid = await queue.get(); uid !== undefined; uid = await queue.get()) {
      const restMs = await this.#reconcile(session, term, uid);
      // Not given back before: what happens to the job meanwhile is one reconcile.
      if (restMs > 0) this.#options.clock.after(restMs, () => queue.done(uid));
      else queue.done(uid);
    }
  }

  /** @returns for how long the job is to be left alone, in ms. */
  async #reconcile(session: Session, term: Term, uid: string): Promise<number> {
    const { queue, reconciler } = session;
    const { clock, metrics = UNMEASURED } = this.#options;
    const begun = clock.monotonic();
    const seconds = () => (clock.monotonic() - begun) / 1000;
    try {
      const { againAfterMs, restMs } = await reconciler.reconcile(uid);
      metrics.reconciled('ok', seconds());
      queue.forget(uid);
      if (againAfterMs !== undefined) queue.addAfter(uid, againAfterMs);
      return restMs;
    } catch (err) {
      metrics.reconciled(outcomeOf(err), seconds());
      if (err instanceof StoreError && err.code === 'Fenced') term.end();
      else if (err instanceof StoreError && err.code === 'Corrupt') {
        await session.quarantine(uid, err);
      } else {
        this.#options.log.warn(
          { err, job: uid },
          'a job could not be reconciled, and will be again',
        );
        queue.addRateLimited(uid);
      }
      return 0;
    }
  }
}

/** A part that fails ends the term: the rest would go on without it. */
async function orEnd(term: Term, part: () => Promise<void>): Promise<void> {
  try {
    await part();
  } catch (error) {
    term.end();
    throw error;
  }
}
