import { ApiError } from '../api-error.ts';
import type { Client } from '../client.ts';
import { apiPath } from '../path.ts';
import type { List, Resource } from '../resources.ts';
import { type Candidate, type ObjectRef, planPrune } from './prune-plan.ts';
import { collectionOf } from './send-object.ts';

/**
 * The objects that a selector finds and no file has, in the namespaces of those that the files have.
 * @param kept what the files have.
 */
export async function findPrunable(
  client: Client,
  selector: string,
  kept: readonly ObjectRef[],
): Promise<ObjectRef[]> {
  const found: Candidate[] = [];
  for (const namespace of new Set(kept.map((object) => object.namespace))) {
    for (const kind of ['CronJob', 'Job']) {
      found.push(...(await select(client, { kind, namespace }, selector)));
    }
  }
  return planPrune(found, kept);
}

/** Deletes an object; one that has gone meanwhile is as it should be. */
export async function pruneObject(client: Client, object: ObjectRef): Promise<void> {
  try {
    await client.send('DELETE', apiPath([...collectionOf(object), object.name]));
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
}

async function select(
  client: Client,
  of: Omit<ObjectRef, 'name'>,
  labelSelector: string,
): Promise<Candidate[]> {
  const found: Candidate[] = [];
  let next: string | undefined;
  do {
    const path = apiPath(collectionOf(of), { labelSelector, limit: 500, continue: next });
    const { items, metadata } = await client.get<List<Resource>>(path);
    for (const { metadata } of items) {
      found.push({ ...of, name: metadata.name, owner: metadata.ownerReference?.name });
    }
    next = metadata.continue;
  } while (next !== undefined);
  return found;
}
