import { isDeepStrictEqual } from 'node:util';
import { ulid } from 'ulid';
import type { CronJob, CronJobSpec } from '../apis/index.ts';
import type { CronJobRequest } from '../apis/validation/index.ts';
import type { Clock } from '../clock/clock.ts';
import type { CronJobRecord, CronJobStore } from '../store/cron-ports.ts';
import { StoreError } from '../store/errors.ts';
import type { LastApplied, StoredMeta } from '../store/ports.ts';
import { retried } from './retried.ts';
import { changesOf, type FieldChange, merged, mergedMeta, metaChanges } from './three-way.ts';

/** A cron job that is to be as a manifest says. */
export interface CronApplyRequest {
  namespace: string;
  name: string;
  manifest: CronJobRequest;
  /** Members of `spec` as they were given. */
  given: Record<string, unknown>;
  /** Nothing is written. */
  dryRun: boolean;
  /** Resource version that it must have. */
  version?: number;
}

export interface CronApplyResult {
  result: 'created' | 'configured' | 'unchanged';
  changes: FieldChange[];
  /** The cron job as it was. */
  before?: CronJob;
  /** The cron job as it is now, or as it would be. */
  object: CronJob;
}

/** Members of `spec` as a manifest gives them. @param body a manifest that passed its schema. */
export function givenSpec(body: unknown): Record<string, unknown> {
  return (body as { spec: Record<string, unknown> }).spec;
}

/**
 * Makes a cron job be as a manifest says, or tells what that would change.
 * @throws StoreError `VersionMismatch`, `Conflict` when others write all the time.
 */
export function applyCronJob(
  crons: CronJobStore,
  clock: Clock,
  request: CronApplyRequest,
): Promise<CronApplyResult> {
  return retried(() => applyOnce(crons, clock, request));
}

/** Stores a new cron job. @throws StoreError `NameTaken`. */
export async function createCronJob(
  crons: CronJobStore,
  clock: Clock,
  request: CronApplyRequest,
): Promise<CronJob> {
  const { namespace, name, manifest, given, dryRun } = request;
  const { labels, annotations } = manifest.metadata;
  const meta: StoredMeta = {
    ...{ namespace, name },
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
  };
  const uid = ulid(clock.now());
  const { spec } = manifest;
  const applied = lastApplied(given, meta);
  if (!dryRun) await crons.putCronJob({ uid, meta, spec, applied, fromNow: false });
  const record = dryRun ? undefined : await crons.getCronJob(uid);
  const metadata = { ...meta, uid, creationTimestamp: clock.now(), resourceVersion: 0 };
  return record?.cron ?? { metadata, spec, status: { active: [] } };
}

/** Holds a cron job up, or lets it go on from now. @throws StoreError `NotFound`. */
export function suspendCronJob(crons: CronJobStore, uid: string, suspend: boolean): Promise<void> {
  return retried(async () => {
    const record = await crons.getCronJob(uid);
    const applied = await crons.lastAppliedCron(uid);
    if (record === undefined || applied === undefined) {
      throw new StoreError('NotFound', 'there is no such cron job');
    }
    const { suspend: before = false, ...spec } = record.cron.spec;
    if (before === suspend) return;
    const wanted = suspend ? { ...spec, suspend } : spec;
    await crons.putCronJob({
      ...{ uid, edits: record.edits, meta: metaOf(record.cron), applied },
      ...{ spec: wanted, fromNow: !suspend },
    });
  });
}

async function applyOnce(
  crons: CronJobStore,
  clock: Clock,
  request: CronApplyRequest,
): Promise<CronApplyResult> {
  const { namespace, name, version } = request;
  const uid = await crons.findCronJob(namespace, name);
  const applied = uid === undefined ? undefined : await crons.lastAppliedCron(uid);
  const record = uid === undefined ? undefined : await crons.getCronJob(uid);
  if (version !== undefined && version !== record?.cron.metadata.resourceVersion) {
    throw new StoreError('VersionMismatch', 'it is of another version');
  }
  if (record === undefined) {
    return { result: 'created', changes: [], object: await createCronJob(crons, clock, request) };
  }
  return update(crons, request, record, applied);
}

async function update(
  crons: CronJobStore,
  { manifest, given, dryRun, version }: CronApplyRequest,
  { cron, edits }: CronJobRecord,
  before: LastApplied | undefined,
): Promise<CronApplyResult> {
  const { uid } = cron.metadata;
  const meta = mergedMeta(cron.metadata, before, manifest.metadata);
  const spec = mergedSpec(cron.spec, manifest.spec, given, before);
  const changes = [...metaChanges(cron.metadata, meta), ...changesOf('spec', cron.spec, spec)];
  const applied = lastApplied(given, manifest.metadata);
  if (changes.length === 0 && isDeepStrictEqual(applied, before)) {
    return { result: 'unchanged', changes, before: cron, object: cron };
  }
  const matching = version === undefined ? {} : { version };
  const write = {
    uid,
    edits,
    ...matching,
    meta,
    spec,
    applied,
    fromNow: startsAnew(cron.spec, spec),
  };
  if (!dryRun) await crons.putCronJob(write);
  const written = dryRun ? undefined : (await crons.getCronJob(uid))?.cron;
  const object = written ?? { ...cron, metadata: { ...cron.metadata, ...meta }, spec };
  return { result: 'configured', changes, before: cron, object };
}

function mergedSpec(
  live: CronJobSpec,
  wanted: CronJobSpec,
  given: Record<string, unknown>,
  before: LastApplied | undefined,
): CronJobSpec {
  const { suspend, ...spec } = merged(live, wanted, given, before?.spec ?? {}) as CronJobSpec;
  return suspend ? { ...spec, suspend } : spec;
}

/** True when ticks that were due before must not be run: they were not of this schedule, or were held up. */
function startsAnew(before: CronJobSpec, after: CronJobSpec): boolean {
  const resumed = before.suspend === true && after.suspend !== true;
  return resumed || before.schedule !== after.schedule || before.timeZone !== after.timeZone;
}

function metaOf({ metadata }: CronJob): StoredMeta {
  const { namespace, name, labels, annotations } = metadata;
  return {
    ...{ namespace, name },
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

function lastApplied(
  spec: Record<string, unknown>,
  { labels, annotations }: CronJobRequest['metadata'],
): LastApplied {
  return {
    ...{ spec, tasks: 0 },
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}
