import type { ChangeLog, ObjectChange } from '../../store/ports.ts';
import type { Admission } from './admission.ts';

/** A change of which no more is to be known than that there was one. */
export interface HiddenChange {
  version: number;
  kind: 'Hidden';
}

/**
 * The changes of the objects of some namespaces. Those of others are not left out but hidden: whoever
 * follows comes past them.
 */
export class ScopedChanges {
  readonly #changes: ChangeLog;
  readonly #admission: Admission;

  constructor(changes: ChangeLog, admission: Admission) {
    this.#changes = changes;
    this.#admission = admission;
  }

  version(): Promise<number> {
    return this.#changes.version();
  }

  keepsAfter(version: number): Promise<boolean> {
    return this.#changes.keepsAfter(version);
  }

  /** As `ChangeLog.changesAfter`. */
  async changesAfter(
    version: number,
    limit: number,
  ): Promise<(ObjectChange | HiddenChange)[] | undefined> {
    const changes = await this.#changes.changesAfter(version, limit);
    return changes?.map((change) =>
      this.#admission.sees(change.meta.namespace)
        ? change
        : { version: change.version, kind: 'Hidden' },
    );
  }

  awaitChange(version: number, signal: AbortSignal): Promise<void> {
    return this.#changes.awaitChange(version, signal);
  }

  async awaitEvent(uid: string, after: string, signal: AbortSignal): Promise<void> {
    await this.#admission.requireJob(uid);
    return this.#changes.awaitEvent(uid, after, signal);
  }
}
