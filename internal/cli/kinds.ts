import { UsageError } from './errors.ts';

/** What can be read, by its plural. */
export type ResourceKind = 'jobs' | 'cronjobs' | 'tasks' | 'events' | 'nodes' | 'callbacks';

/** What is made by users and has a name. */
export type ObjectKind = 'jobs' | 'cronjobs';

const WORDS: Readonly<Record<ResourceKind, readonly string[]>> = {
  jobs: ['jobs', 'job'],
  cronjobs: ['cronjobs', 'cronjob', 'cj'],
  tasks: ['tasks', 'task'],
  events: ['events', 'event', 'ev'],
  nodes: ['nodes', 'node'],
  callbacks: ['callbacks', 'callback'],
};

const KINDS = Object.keys(WORDS) as ResourceKind[];

/** The words that name a kind, the plural first. */
export function kindWords(kinds: readonly ResourceKind[] = KINDS): readonly string[] {
  return kinds.flatMap((kind) => WORDS[kind]);
}

/** The kind that a word names. */
export function kindOf(word: string): ResourceKind | undefined {
  return KINDS.find((kind) => WORDS[kind].includes(word.toLowerCase()));
}

/** As a message names one: `cronjob`. */
export function singular(kind: ResourceKind): string {
  return kind.slice(0, -1);
}

/** @throws UsageError with the nearest kind when the word names none of `allowed`. */
export async function requireKind<K extends ResourceKind>(
  word: string,
  allowed: readonly K[],
): Promise<K> {
  const kind = kindOf(word);
  const found = allowed.find((one) => one === kind);
  if (found !== undefined) return found;
  const { closest } = await import('./closest.ts');
  const words = kindWords(allowed);
  throw new UsageError(
    `there is no resource "${word}" here; did you mean "${closest(word, [...words])}"? ` +
      `There are ${allowed.join(', ')}`,
  );
}
