import type { AttemptId } from './attempt.ts';
import type { ObjectMeta } from './job.ts';

/** Labels on every service and container of ours. Users may not set labels with this prefix. */
export const LABEL_PREFIX = 'swarmer.';
export const LABELS = {
  /** Separates installations on one swarm; every list call filters on it. */
  instance: 'swarmer.instance',
  /** Identity of the store that the service belongs to. */
  store: 'swarmer.store',
  job: 'swarmer.job',
  index: 'swarmer.index',
  attempt: 'swarmer.attempt',
} as const;

/** Where objects are that name no namespace. */
export const DEFAULT_NAMESPACE = 'default';

/** What a job is called that was given no name. */
export function ownName(uid: string): ObjectMeta {
  return { namespace: DEFAULT_NAMESPACE, name: uid.toLowerCase() };
}

/** Who owns a service: the installation and the store it was created from. */
export interface Owner {
  instance: string;
  storeId: string;
}

/**
 * The service name of an attempt: the same attempt always gives the same name, so that a repeated
 * create is refused by the engine instead of starting twice. At most 46 of the engine's 63 characters.
 */
export function serviceName(id: AttemptId): string {
  return `swarmer-${id.jobUid.toLowerCase()}-${id.index}-${id.attempt}`;
}

/** One string per attempt, for maps. */
export function attemptKey(id: AttemptId): string {
  return `${id.jobUid}/${id.index}/${id.attempt}`;
}

export function attemptLabels(owner: Owner, id: AttemptId): Record<string, string> {
  return {
    [LABELS.instance]: owner.instance,
    [LABELS.store]: owner.storeId,
    [LABELS.job]: id.jobUid,
    [LABELS.index]: String(id.index),
    [LABELS.attempt]: String(id.attempt),
  };
}

/** The attempt that a set of labels names, or undefined when they are not (all) ours. */
export function attemptOfLabels(labels: Record<string, string>): AttemptId | undefined {
  const jobUid = labels[LABELS.job];
  const index = wholeNumber(labels[LABELS.index]);
  const attempt = wholeNumber(labels[LABELS.attempt]);
  if (!jobUid || index === undefined || attempt === undefined) return undefined;
  return { jobUid, index, attempt };
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
