import { ApiError } from '../api-error.ts';
import type { Client } from '../client.ts';
import { apiPath, jobPath } from '../path.ts';
import type { Job, List } from '../resources.ts';

/** Which jobs are looked at: those that are named, else all of the namespace. */
export interface JobSelection {
  namespace: string;
  names?: readonly string[];
}

/** The jobs as they were at, or after, a version of the store. */
export interface Snapshot {
  jobs: Job[];
  /** Changes from here on are still to be seen. */
  version: string;
}

/** Reads the selected jobs; those that do not exist are left out. */
export async function readSnapshot(
  client: Client,
  selection: JobSelection,
  signal: AbortSignal,
): Promise<Snapshot> {
  const { namespace, names } = selection;
  if (names === undefined || names.length === 1) return readPages(client, selection, signal);
  // The version comes first: what changes while the jobs are read is then seen as a change.
  const path = apiPath(['namespaces', namespace, 'jobs'], { limit: 1 });
  const { metadata } = await client.get<List<Job>>(path, { signal });
  const jobs: Job[] = [];
  for (const name of names) {
    const job = await readJob(client, namespace, name, signal);
    if (job !== undefined) jobs.push(job);
  }
  return { jobs, version: metadata.resourceVersion ?? '0' };
}

/** Where changes of the selected jobs are told from `version` on, those of others perhaps too. */
export function watchPath(selection: JobSelection, version: string): string {
  return apiPath(['namespaces', selection.namespace, 'jobs'], {
    watch: true,
    resourceVersion: version,
    fieldSelector: fieldSelectorOf(selection),
  });
}

function fieldSelectorOf({ names }: JobSelection): string | undefined {
  const [only, ...others] = names ?? [];
  return only === undefined || others.length > 0 ? undefined : `metadata.name=${only}`;
}

async function readPages(
  client: Client,
  selection: JobSelection,
  signal: AbortSignal,
): Promise<Snapshot> {
  const jobs: Job[] = [];
  const fieldSelector = fieldSelectorOf(selection);
  let version: string | undefined;
  let next: string | undefined;
  do {
    const query = { limit: 500, fieldSelector, continue: next };
    const path = apiPath(['namespaces', selection.namespace, 'jobs'], query);
    const { metadata, items } = await client.get<List<Job>>(path, { signal });
    jobs.push(...items);
    version ??= metadata.resourceVersion;
    next = metadata.continue;
  } while (next !== undefined);
  return { jobs, version: version ?? '0' };
}

async function readJob(
  client: Client,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<Job | undefined> {
  try {
    return await client.get<Job>(jobPath(namespace, name), { signal });
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}
