import { CONTAINER, ENV_VAR_SOURCE } from '../fields/container.ts';
import { CRON_JOB_SPEC } from '../fields/cron-job.ts';
import { JOB_SPEC } from '../fields/job.ts';
import { OBJECT_META } from '../fields/metadata.ts';
import { POD_SPEC } from '../fields/pod.ts';
import { POD_SECURITY_CONTEXT, SECURITY_CONTEXT } from '../fields/security.ts';
import type { FieldTable } from '../fields/table.ts';
import { VOLUME_MOUNT } from '../fields/volumes.ts';

/** Where a document has the type of a table; `*` is each member of a list. */
const PLACES: readonly (readonly [FieldTable, string])[] = [
  [OBJECT_META, 'metadata'],
  [CRON_JOB_SPEC, 'spec'],
  [JOB_SPEC, 'spec'],
  [JOB_SPEC, 'spec.jobTemplate.spec'],
  [POD_SPEC, 'spec.template.spec'],
  [CONTAINER, 'spec.template.spec.containers.*'],
  [POD_SECURITY_CONTEXT, 'spec.template.spec.securityContext'],
  [SECURITY_CONTEXT, 'spec.template.spec.containers.*.securityContext'],
  [VOLUME_MOUNT, 'spec.template.spec.containers.*.volumeMounts.*'],
  [ENV_VAR_SOURCE, 'spec.template.spec.containers.*.env.*.valueFrom'],
];

/** The tables of which every field must occur in an example. */
export const COVERED: readonly FieldTable[] = [...new Set(PLACES.map(([table]) => table))];

/** The names of the members that `document` has where the type of `table` stands. */
export function namesIn(document: unknown, table: FieldTable): string[] {
  return PLACES.filter(([of]) => of === table)
    .flatMap(([, place]) => place.split('.').reduce<unknown[]>(step, [document]))
    .flatMap((value) => (isObject(value) ? Object.keys(value) : []));
}

function step(values: unknown[], name: string): unknown[] {
  return values.flatMap((value) => {
    if (!isObject(value)) return [];
    return name === '*' ? Object.values(value) : [Reflect.get(value, name)];
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
