import type { Quotas } from '../apis/index.ts';
import { type ApplyStores, applyCronJob, applyJob, givenSpec, jobToApply } from '../apply/index.ts';
import type { Clock } from '../clock/clock.ts';
import type { AppliedManifests, CronJobStore } from '../store/index.ts';
import type { WantedObject } from './wanted.ts';

export interface ApplyDirStores extends ApplyStores {
  crons: CronJobStore;
  applied: AppliedManifests;
}

/** `known`: this very manifest was applied before, whatever became of the object since. */
export type Outcome =
  | { result: 'known' }
  | { result: 'created' | 'configured' | 'unchanged' | 'replaced'; uid: string };

/**
 * Makes an object be as its manifest says, once for what the manifest says: a job that has run and was
 * removed does not run again. A crash between the apply and the note of it repeats the apply, which
 * changes nothing while the object is there.
 * @throws ApplyRefused, StoreError.
 */
export async function bringAbout(
  stores: ApplyDirStores,
  clock: Clock,
  object: WantedObject,
  quotas: Quotas,
): Promise<Outcome> {
  const { id, digest } = object;
  if ((await stores.applied.appliedDigest(id)) === digest) return { result: 'known' };
  const done = await applyKind(stores, clock, object, quotas);
  await stores.applied.rememberApplied(id, digest);
  return { result: done.result, uid: done.object.metadata.uid };
}

function applyKind(stores: ApplyDirStores, clock: Clock, object: WantedObject, quotas: Quotas) {
  const { namespace, name, document } = object;
  const where = { namespace, name, dryRun: false };
  switch (object.kind) {
    case 'Job': {
      const manifest = jobToApply(object.request, document.value);
      return applyJob(stores, clock, { ...where, manifest, replace: false, quotas });
    }
    case 'CronJob': {
      const given = givenSpec(document.value);
      return applyCronJob(stores.crons, clock, { ...where, manifest: object.request, given });
    }
  }
}
