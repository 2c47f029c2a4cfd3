import type { Logger } from 'pino';
import { attemptOfLabels, LABELS, type Owner } from '../apis/index.ts';
import { untilBeat } from '../clock/beat.ts';
import type { Clock } from '../clock/clock.ts';
import type { ControllerStore } from '../store/index.ts';
import type { Engine, ObservedService } from '../swarm/index.ts';
import type { Term } from './elector.ts';

interface OrphanOptions {
  engine: Engine;
  store: ControllerStore;
  owner: Owner;
  term: Term;
  clock: Clock;
  log: Logger;
  /** Time between collections, in ms. */
  intervalMs?: number;
}

const DEFAULT_INTERVAL_MS = 10_000;
/** Services of which is asked at one time whether they are wanted. */
const AT_ONE_TIME = 100;

/**
 * Removes services whose attempt is not current: what a paused leader created once more, or what a
 * crash between two steps left. Services of another store, as after Redis was emptied, are reported and
 * left alone until the operator says adopt or purge.
 */
export class OrphanCollector {
  readonly #options: OrphanOptions;
  /** What was noted last of other stores; nothing yet: what an earlier leader noted may have gone since. */
  #foreign: string | undefined;

  constructor(options: OrphanOptions) {
    this.#options = options;
  }

  /** Collects now and then, until the term ends. */
  async run(): Promise<void> {
    const { term, clock, log, intervalMs = DEFAULT_INTERVAL_MS } = this.#options;
    while (!term.signal.aborted) {
      await this.collect().catch((err: unknown) => {
        log.warn({ err }, 'cannot collect orphaned services');
      });
      await untilBeat(clock, intervalMs, term.signal);
    }
  }

  /** The list is taken first: an attempt that is not current after it was never current in it. */
  async collect(): Promise<void> {
    const services = await this.#options.engine.listServices();
    await this.#handleForeign(services.filter((service) => !this.#isOurs(service)));
    const ours = services.filter((service) => this.#isOurs(service));
    for (let from = 0; from < ours.length; from += AT_ONE_TIME) {
      const some = ours.slice(from, from + AT_ONE_TIME);
      const current = await Promise.all(some.map((service) => this.#isCurrent(service)));
      for (const service of some.filter((_, i) => !current[i])) await this.#remove(service);
    }
  }

  #isOurs({ labels }: ObservedService): boolean {
    return labels[LABELS.store] === this.#options.owner.storeId;
  }

  #isCurrent({ labels }: ObservedService): Promise<boolean> {
    const id = attemptOfLabels(labels);
    if (id === undefined) return Promise.resolve(false);
    return this.#options.store.isCurrent(id.jobUid, id.index, id.attempt);
  }

  async #remove({ id, name }: ObservedService): Promise<void> {
    const { engine, term, log } = this.#options;
    if (!term.mayAct()) return;
    await engine.removeService(id);
    log.warn({ service: name }, 'removed a service whose attempt is not current');
  }

  async #handleForeign(services: ObservedService[]): Promise<void> {
    const { store, term } = this.#options;
    if (!term.mayAct()) return;
    const counts = countByStore(services);
    const decisions = await store.foreignDecisions();
    const isOver = [...decisions.keys()].some((storeId) => !counts.has(storeId));
    await this.#noteForeign(counts, isOver);
    for (const [storeId, decision] of decisions) {
      if (!counts.has(storeId)) continue;
      // One at a time: a store has one identity.
      if (decision === 'adopt') return this.#adopt(storeId);
      await this.#purge(services.filter(({ labels }) => labels[LABELS.store] === storeId));
    }
  }

  /** @param isOver whether something was decided of a store of which nothing is left. */
  async #noteForeign(counts: ReadonlyMap<string, number>, isOver: boolean): Promise<void> {
    const { store, term, log } = this.#options;
    const found = [...counts].join(' ');
    if (found === this.#foreign && !isOver) return;
    for (const [storeId, decision] of await store.noteForeign(term.fence, counts)) {
      log.warn(
        { store: storeId, decision },
        'no service of another store is left: what was decided of it is done',
      );
    }
    if (found !== '' && found !== this.#foreign) {
      log.error(
        { stores: Object.fromEntries(counts) },
        'services of another store were found and left alone: Redis was emptied or replaced',
      );
    }
    this.#foreign = found;
  }

  /** The term ends with it: the next one begins with the new identity. */
  async #adopt(storeId: string): Promise<void> {
    const { store, term, log } = this.#options;
    await store.takeIdentity(term.fence, storeId);
    log.warn({ store: storeId }, 'took the identity of another store, as the operator asked for');
    term.end();
  }

  async #purge(services: ObservedService[]): Promise<void> {
    const { engine, term, log } = this.#options;
    for (const { id, name } of services) {
      if (!term.mayAct()) return;
      await engine.removeService(id);
      log.warn({ service: name }, 'removed a service of another store, as the operator asked for');
    }
  }
}

function countByStore(services: readonly ObservedService[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { labels } of services) {
    const storeId = labels[LABELS.store] ?? '';
    counts.set(storeId, (counts.get(storeId) ?? 0) + 1);
  }
  return counts;
}
