import type { CronJob, CronJobSpec } from '../apis/index.ts';
import { decodeMeta } from './codec.ts';
import type { CronJobRecord } from './cron-ports.ts';
import { StoreError } from './errors.ts';

/** A job of a cron job, as it is looked up in its index. */
export interface Sibling {
  uid: string;
  name: string;
  phase: string;
  /** True once its removal was asked for. */
  removing: boolean;
}

/** @throws StoreError `Corrupt` when the fields are not those of a cron job. */
export function decodeCron(
  uid: string,
  fields: Record<string, string>,
  siblings: readonly Sibling[],
): CronJobRecord {
  const { created, spec, meta, version, last, succeeded, effective, replacing } = fields;
  if (created === undefined || spec === undefined || meta === undefined) {
    throw new StoreError('Corrupt', `the record of cron job ${uid} in Redis cannot be read`);
  }
  const active = siblings.filter(({ phase }) => phase === 'Running');
  const cron: CronJob = {
    metadata: {
      ...decodeMeta(uid, meta),
      ...{ uid, creationTimestamp: Number(created), resourceVersion: Number(version) },
    },
    spec: JSON.parse(spec) as CronJobSpec,
    status: {
      ...(last === undefined ? {} : { lastScheduleTime: Number(last) }),
      ...(succeeded === undefined ? {} : { lastSuccessfulTime: Number(succeeded) }),
      active: active.map(({ name, uid: job }) => ({ name, uid: job })),
    },
  };
  return {
    cron,
    siblings,
    edits: Number(fields['edits']),
    pokes: Number(fields['pokes']),
    ...(effective === undefined ? {} : { effectiveFrom: Number(effective) }),
    ...(replacing === undefined ? {} : { replacing: Number(replacing) }),
  };
}
