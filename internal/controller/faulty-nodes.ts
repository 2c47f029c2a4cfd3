import type { Evidence } from '../apis/index.ts';
import type { Clock } from '../clock/clock.ts';

/** For how long a node gets no tasks after it could not start one, in ms. Doubles with each try that fails. */
const FIRST_WINDOW_MS = 10_000;
const LONGEST_WINDOW_MS = 300_000;
/** How long a try keeps others from its node while nothing is heard of it, in ms. */
const TRIAL_MS = 30_000;

interface Faulty {
  /** How many windows in a row have ended with a fault, the present one included. */
  windows: number;
  faultAt: number;
  closedUntil: number;
  /** The attempt that tries the node after its window. */
  trial?: { key: string; until: number };
  /** Since when it starts tasks again. It is remembered for a while, should it fail again. */
  wellSince?: number;
}

/** What a look has changed. */
export type NodeChange = { node: string; closedForMs: number } | { node: string; open: true };

/**
 * Which nodes fail to start tasks, for all jobs. Such a node has the fewest tasks of all, so that swarm would
 * put everything there: from its first fault on it is kept from new services. After a window one attempt at
 * a time may try it. A start that succeeds there ends that. Attempts are named by their key.
 *
 * Nothing of it is stored: the next leader finds out again, at the cost of a few attempts.
 */
export class FaultyNodes {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #nodes = new Map<string, Faulty>();
  /** When attempts were let onto nodes while one was faulty: what was started before says nothing. */
  readonly #admitted = new Map<string, number>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** True while a node is faulty: without one there is nothing to ask. */
  get some(): boolean {
    return [...this.#nodes.values()].some(isFaulty);
  }

  /** What a look says of an attempt. */
  observed(key: string, evidence: Evidence): NodeChange | undefined {
    const now = this.#clock.monotonic();
    this.#forget(now);
    const change = this.#changeBy(key, evidence, now);
    const isStuck = evidence.kind === 'waiting' && evidence.stuck === true;
    if (isStuck || 'trace' in evidence) this.#endTrial(key);
    if ('trace' in evidence) this.#admitted.delete(key);
    return change;
  }

  /**
   * The nodes that a new service is to be kept from; it may be the one that tries a node. None when no
   * other node could take it.
   *
   * @param candidates ids of the nodes that could take it.
   */
  admit(key: string, candidates: readonly string[]): string[] {
    const now = this.#clock.monotonic();
    this.#forget(now);
    this.#endTrial(key);
    if (!this.some) return [];
    this.#admitted.set(key, now);
    const tried = candidates.find((id) => this.#isToBeTried(id, now));
    if (tried !== undefined) {
      const node = this.#nodes.get(tried);
      if (node !== undefined) node.trial = { key, until: now + TRIAL_MS };
    }
    const others = this.#faulty().filter((id) => id !== tried);
    return leaving(candidates, others, this.#within(now));
  }

  /**
   * The nodes that services are kept from now.
   *
   * @param candidates ids of the nodes that could take one; absent while that is not known.
   */
  closed(candidates?: readonly string[]): string[] {
    const now = this.#clock.monotonic();
    const closed = this.#faulty().filter((id) => !this.#isToBeTried(id, now));
    return candidates === undefined ? closed : leaving(candidates, closed, this.#within(now));
  }

  #changeBy(key: string, evidence: Evidence, now: number): NodeChange | undefined {
    const id = 'trace' in evidence ? evidence.trace.nodeId : undefined;
    if (id === undefined) return undefined;
    if (evidence.kind === 'lost' && evidence.reason === 'NodeFault') return this.#close(id, now);
    const started = evidence.kind === 'running' || evidence.kind === 'ended';
    return started ? this.#open(id, this.#admitted.get(key), now) : undefined;
  }

  /** Attempts that were started together fail together: within its window a node can do no worse. */
  #close(id: string, now: number): NodeChange | undefined {
    const known = this.#nodes.get(id);
    if (known !== undefined && isFaulty(known) && now < known.closedUntil) return undefined;
    const windows = (known?.windows ?? 0) + 1;
    const closedForMs = Math.min(LONGEST_WINDOW_MS, FIRST_WINDOW_MS * 2 ** (windows - 1));
    this.#nodes.set(id, { windows, faultAt: now, closedUntil: now + closedForMs });
    return { node: id, closedForMs };
  }

  #open(id: string, admittedAt: number | undefined, now: number): NodeChange | undefined {
    const node = this.#nodes.get(id);
    if (node === undefined || !isFaulty(node)) return undefined;
    if (admittedAt === undefined || admittedAt < node.faultAt) return undefined;
    node.wellSince = now;
    return { node: id, open: true };
  }

  #endTrial(key: string): void {
    for (const node of this.#nodes.values()) if (node.trial?.key === key) delete node.trial;
  }

  #faulty(): string[] {
    return [...this.#nodes].flatMap(([id, node]) => (isFaulty(node) ? [id] : []));
  }

  /** The faulty nodes whose window is not over. */
  #within(now: number): string[] {
    return this.#faulty().filter((id) => now < (this.#nodes.get(id)?.closedUntil ?? 0));
  }

  #isToBeTried(id: string, now: number): boolean {
    const node = this.#nodes.get(id);
    if (node === undefined || !isFaulty(node) || now < node.closedUntil) return false;
    return node.trial === undefined || now >= node.trial.until;
  }

  /** Forgets what was long ago. */
  #forget(now: number): void {
    for (const [id, { closedUntil, wellSince = closedUntil }] of this.#nodes) {
      if (now - wellSince > LONGEST_WINDOW_MS) this.#nodes.delete(id);
    }
    if (this.#nodes.size === 0) this.#admitted.clear();
  }
}

function isFaulty({ wellSince }: Faulty): boolean {
  return wellSince === undefined;
}

/**
 * What leaves a node to go to: all that are faulty, else those within their window, which are the worst of
 * them, else none.
 */
function leaving(
  candidates: readonly string[],
  faulty: readonly string[],
  worst: readonly string[],
): string[] {
  const leaves = (excluded: readonly string[]) => candidates.some((id) => !excluded.includes(id));
  return [...([faulty, worst].find(leaves) ?? [])];
}
