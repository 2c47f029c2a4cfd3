import type { JobStore } from '../../internal/store/job-store.ts';
import type { Effects } from './effects.ts';
import type { Rng } from './rng.ts';
import { SimProcess } from './sim-process.ts';
import type { Timeline } from './timeline.ts';

/** What the API may do with the store. */
export type ApiStore = Pick<
  JobStore,
  | 'submitJob'
  | 'addTasks'
  | 'cancelJob'
  | 'suspendJob'
  | 'deleteJob'
  | 'retryFailed'
  | 'redeliver'
  | 'getJob'
  | 'readCallback'
  | 'storeReport'
  | 'refuseReport'
  | 'reportKey'
>;

/** The API did not answer: it was killed meanwhile, or is not there. */
export class ConnectionLost extends Error {
  constructor() {
    super('the API does not answer');
    this.name = 'ConnectionLost';
  }
}

/** The API as its clients see it: a process that is started again when it dies. */
export class ApiServer {
  readonly #timeline: Timeline;
  readonly #rng: Rng;
  readonly #effects: Effects;
  readonly #store: JobStore;
  #process: SimProcess | undefined;
  #number = 0;

  constructor(timeline: Timeline, rng: Rng, effects: Effects, store: JobStore) {
    this.#timeline = timeline;
    this.#rng = rng;
    this.#effects = effects;
    this.#store = store;
    this.#start();
  }

  /** One request. @throws ConnectionLost, and what `handle` throws. */
  request<T>(handle: (store: ApiStore) => Promise<T>): Promise<T> {
    const process = this.#process;
    if (process === undefined) return Promise.reject(new ConnectionLost());
    return new Promise((resolve, reject) => {
      process.whenDead(() => reject(new ConnectionLost()));
      handle(this.#effects.wrap(process, 'api', this.#store)).then(resolve, reject);
    });
  }

  #start(): void {
    const process = new SimProcess(`api${++this.#number}`, this.#timeline, this.#rng);
    this.#process = process;
    process.whenDead(() => {
      this.#process = undefined;
      this.#timeline.in(process.backMs, () => this.#start());
    });
  }
}
