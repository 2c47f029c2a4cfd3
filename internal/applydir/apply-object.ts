import { createHash } from 'node:crypto';
import type { Quotas } from '../apis/index.ts';
import {
  ApplyRefused,
  type ApplyStores,
  applyCronJob,
  applyJob,
  givenSpec,
  jobToApply,
} from '../apply/index.ts';
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

/** Annotation of a job's manifest: what cannot be changed is replaced by a new job, as by `apply --replace`. */
export const REPLACE_ANNOTATION = 'swarmer/replace';

/**
 * For so long after a job was made of a file, in ms, more text at that file's end is the rest of it: it was
 * taken while it was written. Later it is an edit, which must not end what runs.
 */
const REST_OF_FILE_MS = 600_000;

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
  const { id, digest, text } = object;
  if ((await stores.applied.appliedDigest(id)) === digest) return { result: 'known' };
  const done = await applyKind(stores, clock, object, quotas);
  await stores.applied.rememberApplied(id, digest, beginningOf(text));
  return { result: done.result, uid: done.object.metadata.uid };
}

async function applyKind(
  stores: ApplyDirStores,
  clock: Clock,
  object: WantedObject,
  quotas: Quotas,
) {
  const { namespace, name, document } = object;
  const where = { namespace, name, dryRun: false };
  switch (object.kind) {
    case 'Job': {
      const manifest = jobToApply(object.request, document.value);
      const replace = manifest.annotations?.[REPLACE_ANNOTATION] === 'true';
      const request = { ...where, manifest, replace, quotas };
      return applyJob(stores, clock, request).catch(async (error: unknown) => {
        if (!(error instanceof ApplyRefused)) throw error;
        if (!(await isOfHalf(stores, clock, object))) throw error;
        return applyJob(stores, clock, { ...request, replace: true });
      });
    }
    case 'CronJob': {
      const given = givenSpec(document.value);
      return applyCronJob(stores.crons, clock, { ...where, manifest: object.request, given });
    }
  }
}

/** Whether the job that there is was made, a short while ago, of the first half of what the file says now. */
async function isOfHalf(
  { applied, catalog, jobs }: ApplyDirStores,
  clock: Clock,
  { id, namespace, name, text }: WantedObject,
): Promise<boolean> {
  const before = await applied.appliedFrom(id);
  const length = Number.parseInt(before ?? '', 10);
  if (!(length < text.length) || beginningOf(text.slice(0, length)) !== before) return false;
  const uid = await catalog.findJob(namespace, name);
  const job = uid === undefined ? undefined : await jobs.getJob(uid);
  return job !== undefined && clock.now() - job.metadata.creationTimestamp < REST_OF_FILE_MS;
}

/** Tells whether another text begins with this one: its length, and a hash of it. */
function beginningOf(text: string): string {
  return `${text.length} ${createHash('sha256').update(text).digest('hex')}`;
}
