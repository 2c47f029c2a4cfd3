import { LIMITS } from '../apis/validation/rules.ts';
import type { Source } from './source.ts';

/** A number that is taken over. */
interface NumberField {
  from: string;
  to: string;
  /** Least and greatest value of ours; Kubernetes allows 0 and more. */
  least: number;
  most: number;
  /** That of Kubernetes, where it is not ours. */
  default?: number;
}

export const JOB_NUMBERS: readonly NumberField[] = [
  same('activeDeadlineSeconds', 1, LIMITS.maxSeconds),
  same('ttlSecondsAfterFinished', 0, LIMITS.maxSeconds),
];

export const POD_NUMBERS: readonly NumberField[] = [
  { from: 'activeDeadlineSeconds', to: 'timeoutSeconds', least: 1, most: LIMITS.maxSeconds },
  { ...same('terminationGracePeriodSeconds', 0, 3600), default: 30 },
];

export const CRON_NUMBERS: readonly NumberField[] = [
  same('startingDeadlineSeconds', 1, LIMITS.maxSeconds),
  same('successfulJobsHistoryLimit', 0, LIMITS.historyLimit),
  same('failedJobsHistoryLimit', 0, LIMITS.historyLimit),
];

function same(name: string, least: number, most: number): NumberField {
  return { from: name, to: name, least, most };
}

/** The numbers of `source` under our names, within our limits. */
export function numbersOf(source: Source, fields: readonly NumberField[]): Record<string, number> {
  const entries = fields.flatMap((field) => {
    const value = source.integer(field.from) ?? field.default;
    return value === undefined ? [] : [[field.to, withinLimits(source, field, value)] as const];
  });
  return Object.fromEntries(entries);
}

function withinLimits(source: Source, { from, least, most }: NumberField, value: number): number {
  const nearest = Math.min(most, Math.max(least, value));
  if (nearest !== value) {
    const why = `${value} is not from ${least} to ${most}, which is what Swarmer allows`;
    source.notes.changed(source.at(from), `becomes ${nearest}: ${why}`);
  }
  return nearest;
}
