import type { CatalogStore } from './catalog-store.ts';
import type { Keys } from './keys.ts';
import type { ChangeLog, ObjectChange } from './ports.ts';
import { SharedReads } from './shared-reads.ts';
import type { StreamWaiter } from './stream-hub.ts';

/** The changes of all objects, to be read and waited for. */
export class WatchedChanges implements ChangeLog {
  readonly #catalog: CatalogStore;
  readonly #waiter: StreamWaiter;
  readonly #keys: Keys;
  /** Where there are none yet, or none any more, that changes. */
  readonly #reads = new SharedReads<ObjectChange[] | undefined>((changes) => !!changes?.length);

  constructor(catalog: CatalogStore, waiter: StreamWaiter, keys: Keys) {
    this.#catalog = catalog;
    this.#waiter = waiter;
    this.#keys = keys;
  }

  version(): Promise<number> {
    return this.#catalog.version();
  }

  async keepsAfter(version: number): Promise<boolean> {
    if (version > (await this.version())) return false;
    return (await this.#catalog.changesAfter(version, 1)) !== undefined;
  }

  changesAfter(version: number, limit: number): Promise<ObjectChange[] | undefined> {
    const read = () => this.#catalog.changesAfter(version, limit);
    return this.#reads.get(`${version}/${limit}`, read);
  }

  awaitChange(version: number, signal: AbortSignal): Promise<void> {
    return this.#waiter.waitFor(this.#keys.watch, `${version}-0`, signal);
  }

  awaitEvent(uid: string, after: string, signal: AbortSignal): Promise<void> {
    return this.#waiter.waitFor(this.#keys.job(uid).events, after || '0', signal);
  }
}
