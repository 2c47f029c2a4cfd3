import { type Identity, type Namespaces, sees, suffices } from '../../access/index.ts';
import { StoreError } from '../../store/errors.ts';
import type { JobNames, StoredMeta } from '../../store/ports.ts';
import type { AuditedObject, Trail } from '../access/audit.ts';

/**
 * Decides which objects are there for one request. The namespace of an object never changes, so each
 * is asked for once; who sees everything costs no reading.
 */
export class Admission {
  readonly namespaces: Namespaces;
  /** Values that may be secrets are covered: who may only look is shown none. */
  readonly masks: boolean;
  readonly #names: JobNames;
  readonly #jobs = new Map<string, boolean>();

  readonly #trail: Trail | undefined;

  /** @param trail of a write: what it is about is noted there. */
  constructor({ namespaces, role }: Identity, names: JobNames, trail?: Trail) {
    this.namespaces = namespaces;
    this.masks = !suffices(role, 'submit');
    this.#names = names;
    this.#trail = trail;
  }

  sees(namespace: string): boolean {
    return sees(this.namespaces, namespace);
  }

  /** @throws StoreError `NotFound` for a job of another namespace, as for one that does not exist. */
  async requireJob(uid: string): Promise<void> {
    if (this.namespaces === '*' || this.#jobs.get(uid)) return;
    const name = await this.#names.nameOf(uid);
    if (name !== undefined && this.admitJob(uid, name.namespace)) return;
    throw noJob();
  }

  /**
   * For a job that is to be changed: its name is noted, also for who sees everything.
   * @throws StoreError `NotFound`.
   */
  async requireJobToChange(uid: string): Promise<void> {
    const name = await this.#names.nameOf(uid).catch((error: unknown) => {
      // Such a job is to be removed by who sees everything.
      if (error instanceof StoreError && error.code === 'Corrupt') return undefined;
      throw error;
    });
    if (this.namespaces !== '*' && !(name && this.admitJob(uid, name.namespace))) throw noJob();
    this.note({ kind: 'Job', uid, ...namesOf(name) });
  }

  /** Says what a write is about. */
  note(object: AuditedObject): void {
    this.#trail?.note(object);
  }

  /** Notes of a job in which namespace it is. @returns whether it is there. */
  admitJob(uid: string, namespace: string): boolean {
    const seen = this.sees(namespace);
    this.#jobs.set(uid, seen);
    return seen;
  }

  /** @throws StoreError `NotFound`. */
  requireNamespace(namespace: string): void {
    if (!this.sees(namespace)) throw new StoreError('NotFound', 'no such namespace');
  }
}

function noJob(): StoreError {
  return new StoreError('NotFound', 'no such job');
}

function namesOf(meta: Pick<StoredMeta, 'namespace' | 'name'> | undefined): AuditedObject {
  return meta === undefined ? {} : { namespace: meta.namespace, name: meta.name };
}
