import type { Logger } from 'pino';
import type { AttemptId, Evidence, JobEvent } from '../apis/index.ts';
import type { ControllerStore } from '../store/index.ts';

/**
 * Adds what is only observed to the timelines of jobs; what is decided is added with its transition.
 * Nothing waits for it, and an entry that cannot be written is left out: it decides nothing.
 */
export class Timeline {
  readonly #store: ControllerStore;
  readonly #log: Logger;
  readonly #writing = new Set<Promise<void>>();

  constructor(store: ControllerStore, log: Logger) {
    this.#store = store;
    this.#log = log;
  }

  observed(id: AttemptId, evidence: Evidence): void {
    const event = eventOf(id, evidence);
    if (event === undefined) return;
    const writing = this.#store
      .addEvent(id.jobUid, event)
      .catch((err: unknown) => {
        this.#log.debug({ err, job: id.jobUid }, 'an event was not written');
      })
      .finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
  }

  /** Resolves when nothing is being written. */
  async written(): Promise<void> {
    await Promise.all(this.#writing);
  }
}

function eventOf({ index, attempt }: AttemptId, evidence: Evidence): JobEvent | undefined {
  if (evidence.kind === 'running') {
    const { nodeId } = evidence.trace;
    return { type: 'Running', index, attempt, ...(nodeId === undefined ? {} : { node: nodeId }) };
  }
  if (evidence.kind === 'waiting' && evidence.stuck) {
    return { type: 'Pending', index, attempt, message: evidence.message ?? '' };
  }
  return undefined;
}
