import { fileReference, networkReference, type TaskTemplate } from './template.ts';

/** Things of the swarm that a job refers to, by name. */
export interface References {
  networks: readonly string[];
  secrets: readonly string[];
  configs: readonly string[];
}

export const REFERENCE_KINDS = ['networks', 'secrets', 'configs'] as const;
export type ReferenceKind = (typeof REFERENCE_KINDS)[number];

/**
 * Networks that every node has of its own. They are in no list of the swarm's, and the engine takes them
 * by their names.
 */
export const NODE_NETWORKS: ReadonlySet<string> = new Set(['host', 'bridge', 'none']);

/** What a job refers to by name: the place of each in its list is that in the job's. */
export function referencesOf(job: TaskTemplate): References {
  const files = (list: TaskTemplate['secrets'] = []) => list.map((it) => fileReference(it).source);
  return {
    networks: (job.networks ?? []).map((it) => networkReference(it).name),
    secrets: files(job.secrets),
    configs: files(job.configs),
  };
}

/** Says that the swarm does not have what is referred to, and what to do. */
export function missingReference(kind: ReferenceKind, name: string): string {
  const one = kind.slice(0, -1);
  const create = kind === 'networks' ? `create -d overlay ${name}` : `create ${name} FILE`;
  const way = `create it with "docker ${one} ${create}", or correct spec.${kind}`;
  return `the swarm has no ${one} "${name}": ${way}`;
}
