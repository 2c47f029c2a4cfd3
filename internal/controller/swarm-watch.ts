import type { Logger } from 'pino';
import type { SwarmIdentity } from '../apis/index.ts';
import type { Clock } from '../clock/clock.ts';
import type { ControllerStore } from '../store/index.ts';
import type { Engine } from '../swarm/index.ts';
import type { Term } from './elector.ts';

interface SwarmWatchOptions {
  store: Pick<ControllerStore, 'readCluster' | 'noteCluster' | 'addEvent'>;
  engine: Pick<Engine, 'info'>;
  term: Term;
  clock: Clock;
  log: Logger;
}

/**
 * Notices that the engine belongs to another swarm than before: it was left and made anew, or the engine's
 * address leads elsewhere. That is told before anything of the old swarm counts as lost.
 */
export class SwarmWatch {
  readonly #options: SwarmWatchOptions;
  #current: SwarmIdentity | undefined;

  constructor(options: SwarmWatchOptions) {
    this.#options = options;
  }

  /** True once it was looked at in this term. */
  get isKnown(): boolean {
    return this.#current !== undefined;
  }

  /** True for what was claimed (Unix ms) before the present swarm was seen: its service was in another. */
  isOfEarlier(claimedAt: number | undefined): boolean {
    return claimedAt !== undefined && claimedAt < (this.#current?.since ?? 0);
  }

  /**
   * Asks the engine which swarm it belongs to, and tells the jobs when that has changed. A crash before the
   * change is noted tells it again.
   * @throws EngineError, StoreError
   */
  async check(jobs: Iterable<string>): Promise<void> {
    const { store, engine, term, clock, log } = this.#options;
    const { clusterId: id } = await engine.info();
    if (id === '' || id === this.#current?.id) return;
    const before = this.#current ?? (await store.readCluster());
    if (before?.id !== id) {
      const now = clock.now();
      if (before !== undefined) {
        const message = `the engine belongs to another swarm now (${id}, before ${before.id}): the swarm was left and made anew, and the services in it are gone`;
        log.error({ swarm: id, before: before.id }, 'the engine belongs to another swarm');
        for (const uid of new Set(jobs))
          await store.addEvent(uid, { type: 'SwarmReplaced', message });
      }
      // What is claimed before anybody looked at a swarm is of that swarm.
      this.#current = { id, since: before === undefined ? 0 : now };
      await store.noteCluster(term.fence, this.#current);
      return;
    }
    this.#current = before;
  }
}
